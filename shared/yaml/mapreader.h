// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/instant.h"
#include "shared/yaml/document.h"

#include <QStringList>

#include <limits>
#include <optional>

namespace belfry {

// Reads a map key by key, for configuration files: each take() leaves `out` as it is where the key is absent, and notes
// a problem (also leaving `out`) where its value is wrong. finish() notes the keys that nobody took; `x-` keys are
// free.
//
//     std::vector<Problem> problems = document.problems();
//     MapReader reader(document, problems);
//     reader.take("listen", config.listen);
//     reader.section("log").take("level", config.level); ...
//     reader.finish();
class MapReader
{
public:
    // The root of a file; an empty file is an empty map.
    MapReader(const YamlDocument &document, std::vector<Problem> &problems);
    MapReader(QString file, const YamlNode &map, std::vector<Problem> &problems);

    void take(const char *key, QString &out);
    void take(const char *key, std::optional<QString> &out);
    void take(const char *key, bool &out);
    void take(const char *key, int &out, int min = std::numeric_limits<int>::min(),
        int max = std::numeric_limits<int>::max());
    void take(const char *key, double &out, double min, double max);
    void take(const char *key, Duration &out, Duration min = Duration(0), Duration max = Duration::max());
    void take(const char *key, QStringList &out);
    void take(const char *key, std::map<QString, QString> &out);
    // Bytes: `512MiB` or a plain number.
    void takeSize(const char *key, qint64 &out, qint64 min = 0, qint64 max = std::numeric_limits<qint64>::max());
    // One of these words.
    void takeChoice(const char *key, QString &out, const QStringList &choices);
    // A map inside this one, empty where it is absent; call its finish() too.
    MapReader section(const char *key);

    bool has(const char *key) const { return m_map->find(QString::fromLatin1(key)) != nullptr; }
    void finish();

    // For judgements of the caller's own: a problem at the value of a key, or at the map where it is absent.
    void refuse(const char *key, const QString &message, const QString &hint = {});

private:
    const YamlNode *find(const char *key);
    void note(Mark mark, const QString &message, const QString &hint = {});
    template <class T, class Out> void put(const YamlNode &value, Result<T> result, Out &out);
    template <class T>
    bool within(const YamlNode &value, const T &number, const T &min, const T &max, const QString &range);

    QString m_file;
    const YamlNode *m_map;
    std::vector<Problem> &m_problems;
    QStringList m_known;
};

} // namespace belfry
