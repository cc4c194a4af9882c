# SPDX-License-Identifier: GPL-3.0-or-later
# How Belfry's targets are made: one static library a folder, one test program a tst_ file.

find_program(BELFRY_CCACHE ccache)
if(BELFRY_CCACHE)
    set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env
        CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} CCACHE_NOHASHDIR=1 CCACHE_SLOPPINESS=pch_defines,time_macros
        CCACHE_PCH_EXTSUM=1 ${BELFRY_CCACHE})
endif()
find_program(BELFRY_MOLD mold)
if(BELFRY_MOLD)
    add_link_options(-fuse-ld=mold)
endif()

# Designated initialisers leave members at their defaults on purpose.
add_compile_options(-Wall -Wextra -Wno-missing-field-initializers -Wshadow -Wnon-virtual-dtor -Werror -fno-semantic-interposition -fpch-preprocess)
add_compile_definitions(QT_NO_CAST_FROM_BYTEARRAY QT_NO_CAST_TO_ASCII QT_NO_FOREACH QT_NO_NARROWING_CONVERSIONS_IN_CONNECT
    QT_NO_KEYWORDS BELFRY_VERSION="${PROJECT_VERSION}")
# -O3 costs a minute of build and gains nothing here.
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -DNDEBUG")
if(NOT CMAKE_BUILD_TYPE)
    # Line tables are enough for a backtrace, and full debug information doubles the time of a build.
    add_compile_options(-O1 -g1)
endif()
if(BELFRY_TESTS)
    add_compile_definitions(BELFRY_FAULT_POINTS QT_FORCE_ASSERTS)
endif()
if(BELFRY_SANITIZE STREQUAL "address")
    # GCC's manual: the sanitizers' code brings false "may be used uninitialized".
    add_compile_options(-fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer -Wno-maybe-uninitialized)
    add_link_options(-fsanitize=address,undefined)
elseif(BELFRY_SANITIZE)
    message(FATAL_ERROR "BELFRY_SANITIZE=${BELFRY_SANITIZE} is unknown; use `address` or leave it empty")
endif()

include_directories(${CMAKE_SOURCE_DIR})

# ccache hashes this file instead of the header, which has more than 100 MB and would be read whole for each object.
function(belfry_sum_pch target)
    if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
        add_custom_command(TARGET ${target} POST_BUILD COMMAND ${CMAKE_COMMAND} -E sha256sum cmake_pch.hxx.gch > cmake_pch.hxx.gch.sum
            WORKING_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR}/CMakeFiles/${target}.dir)
    endif()
endfunction()

# One precompiled header for everything that uses Qt; a second copy per target would cost more than it saves.
file(WRITE ${CMAKE_BINARY_DIR}/pch/empty.cpp "")
add_library(belfry_pch STATIC ${CMAKE_BINARY_DIR}/pch/empty.cpp)
target_link_libraries(belfry_pch PUBLIC Qt6::Core)
target_precompile_headers(belfry_pch PRIVATE <QByteArray> <QCborValue> <QHash> <QJsonObject> <QList> <QMap> <QObject> <QString> <QStringList>
    <algorithm> <chrono> <functional> <map> <memory> <optional> <set> <string> <tl/expected.hpp> <variant> <vector>)
belfry_sum_pch(belfry_pch)

# One more for what draws.
add_library(belfry_widgets_pch STATIC ${CMAKE_BINARY_DIR}/pch/empty.cpp)
target_link_libraries(belfry_widgets_pch PUBLIC Qt6::Widgets Qt6::Svg)
target_precompile_headers(belfry_widgets_pch PRIVATE <QByteArray> <QCborValue> <QHash> <QJsonObject> <QList> <QMap> <QObject> <QString> <QStringList>
    <QWidget> <QAction> <QBoxLayout> <QLabel> <QPainter> <QStyledItemDelegate> <QToolButton> <QAbstractTableModel>
    <algorithm> <chrono> <functional> <map> <memory> <optional> <set> <string> <tl/expected.hpp> <variant> <vector>)
belfry_sum_pch(belfry_widgets_pch)

# belfry_library(NAME LINKS targets... [NO_QT] [MOC] [WIDGETS]): the folder's sources as library belfry_NAME.
# MOC is for folders with QObjects in them, WIDGETS for those with widgets.
function(belfry_library name)
    cmake_parse_arguments(arg "NO_QT;MOC;WIDGETS" "" "LINKS" ${ARGN})
    file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cpp ${CMAKE_CURRENT_SOURCE_DIR}/*.h)
    list(FILTER sources EXCLUDE REGEX "/main\\.cpp$")
    if(NOT sources MATCHES "\\.cpp")
        add_library(belfry_${name} INTERFACE)
        target_link_libraries(belfry_${name} INTERFACE ${arg_LINKS})
        return()
    endif()
    add_library(belfry_${name} STATIC ${sources})
    target_link_libraries(belfry_${name} PUBLIC ${arg_LINKS})
    if(NOT arg_NO_QT)
        target_link_libraries(belfry_${name} PUBLIC Qt6::Core)
        if(arg_WIDGETS)
            target_link_libraries(belfry_${name} PUBLIC Qt6::Widgets Qt6::Svg)
            target_precompile_headers(belfry_${name} REUSE_FROM belfry_widgets_pch)
        else()
            target_precompile_headers(belfry_${name} REUSE_FROM belfry_pch)
        endif()
    endif()
    if(arg_MOC)
        set_target_properties(belfry_${name} PROPERTIES AUTOMOC ON)
    endif()
endfunction()

# belfry_program(NAME LINKS targets...): the folder's main.cpp as program NAME.
function(belfry_program name)
    cmake_parse_arguments(arg "" "" "LINKS" ${ARGN})
    if(NOT EXISTS ${CMAKE_CURRENT_SOURCE_DIR}/main.cpp)
        return()
    endif()
    add_executable(${name} main.cpp)
    target_link_libraries(${name} PRIVATE ${arg_LINKS} Qt6::Core)
    target_precompile_headers(${name} REUSE_FROM belfry_pch)
endfunction()

# Defines BELFRY_SOURCE_DIR for those of the sources that use it: an absolute path on every command line would make each
# checkout's compile cache its own.
function(belfry_name_source_dir)
    foreach(source ${ARGN})
        file(STRINGS ${source} uses REGEX BELFRY_SOURCE_DIR LIMIT_COUNT 1)
        if(uses)
            set_source_files_properties(${source} PROPERTIES COMPILE_DEFINITIONS BELFRY_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
        endif()
    endforeach()
endfunction()

# belfry_tests(MODULE LINKS targets... [TIMEOUT seconds]): each tst_*.cpp of the folder as one ctest test MODULE/NAME.
# Other .cpp files of the folder (builders, fakes) are linked into each of them.
function(belfry_tests module)
    cmake_parse_arguments(arg "NO_QT" "TIMEOUT" "LINKS" ${ARGN})
    if(NOT arg_TIMEOUT)
        set(arg_TIMEOUT 300)
    endif()
    set(function_timeout 300000)
    if(BELFRY_SANITIZE) # several times slower, and not to be judged by its speed
        math(EXPR arg_TIMEOUT "4 * ${arg_TIMEOUT}")
        set(function_timeout 1200000)
    endif()
    file(GLOB tests CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/tst_*.cpp)
    file(GLOB helpers CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cpp)
    list(FILTER helpers EXCLUDE REGEX "/tst_[^/]*$")
    string(REPLACE "/" "_" prefix ${module})
    if(helpers AND tests)
        add_library(${prefix}_helpers STATIC ${helpers})
        target_link_libraries(${prefix}_helpers PUBLIC ${arg_LINKS} Qt6::Core)
        target_precompile_headers(${prefix}_helpers REUSE_FROM belfry_pch)
        set_target_properties(${prefix}_helpers PROPERTIES AUTOMOC ON)
        belfry_name_source_dir(${helpers})
        list(PREPEND arg_LINKS ${prefix}_helpers)
    endif()
    belfry_name_source_dir(${tests})
    foreach(source ${tests})
        get_filename_component(test ${source} NAME_WE)
        set(target ${prefix}_${test})
        add_executable(${target} ${source})
        set_target_properties(${target} PROPERTIES AUTOMOC ON RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests/${module})
        target_link_libraries(${target} PRIVATE ${arg_LINKS} Qt6::Core Qt6::Test)
        target_precompile_headers(${target} REUSE_FROM belfry_pch)
        # A test's own objects are in its .moc; what is left for this file is nothing, and reading the header takes seconds.
        set_source_files_properties(${CMAKE_CURRENT_BINARY_DIR}/${target}_autogen/mocs_compilation.cpp PROPERTIES SKIP_PRECOMPILE_HEADERS ON)
        add_test(NAME ${module}/${test} COMMAND ${target})
        set_tests_properties(${module}/${test} PROPERTIES TIMEOUT ${arg_TIMEOUT}
            ENVIRONMENT "RC_PARAMS=seed=20261124;QT_QPA_PLATFORM=offscreen;QTEST_FUNCTION_TIMEOUT=${function_timeout};BELFRY_BIN=${CMAKE_BINARY_DIR}/bin")
    endforeach()
endfunction()
