// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/jobs/jobfile.h"

#include "shared/jobs/jobcheck.h"
#include "shared/jobs/tables.h"

#include <QCborStreamWriter>

#include <algorithm>
#include <memory>

namespace belfry {

using namespace Qt::StringLiterals;

namespace {

// One file of a project while it is read; nodes and problems point into it, so it stays where it is.
struct ReadFile {
    ReadFile(const QString &name, const QString &text, std::vector<Problem> &problems)
        : document(YamlDocument::parse(name, text))
        , reading(document, problems)
    { }

    YamlDocument document;
    Reading reading;
    FileSpec spec;
};

// Adds a calendar with all that it refers to.
void addCalendar(const QString &name, const std::map<QString, CalendarSpec> &all, std::map<QString, CalendarSpec> &out)
{
    const auto found = all.find(name);
    if (found == all.end() || !out.emplace(*found).second)
        return;
    for (const QStringList &names :
        {found->second.orCalendars, found->second.andCalendars, found->second.minusCalendars})
        for (const QString &each : names)
            addCalendar(each, all, out);
}

class ProjectReader
{
public:
    ProjectReader(const std::map<QString, QString> &files, const QString &zone)
        : m_zone(zone)
    {
        for (const auto &[name, text] : files)
            m_files.push_back(std::make_unique<ReadFile>(name, text, m_problems));
    }

    ParseResult run()
    {
        for (const auto &file : m_files)
            readFile(*file);
        checkProjects();
        for (const auto &file : m_files)
            collectCalendars(*file);
        checkCalendars();
        for (const auto &file : m_files)
            collectLimits(*file);
        for (const auto &file : m_files)
            readJobs(*file);
        checkRenames();
        checkThatThereAreJobs();
        for (const auto &file : m_files)
            file->reading.finish();
        sortProblems(m_problems);
        if (!m_problems.empty())
            return tl::unexpected(std::move(m_problems));
        for (auto &[name, definition] : m_jobs)
            m_result.jobs.push_back(std::move(definition));
        return std::move(m_result);
    }

private:
    void readFile(ReadFile &file)
    {
        const YamlDocument &document = file.document;
        m_problems.insert(m_problems.end(), document.problems().begin(), document.problems().end());
        if (!document.isComplete())
            return;
        if (document.root().isNull())
            file.reading.error(Mark{1, 1}, u"the file is empty"_s, u"begin with 'project: NAME'"_s);
        else
            fileTable().read(file.reading, document.root(), file.spec);
        if (const YamlEntry *zone = document.root().find(u"zone"))
            checkZoneName(file.reading, zone->value);
    }

    void checkProjects()
    {
        const ReadFile *first = nullptr;
        for (const auto &file : m_files) {
            if (file->spec.project.isEmpty())
                continue;
            if (!first) {
                first = file.get();
                m_result.project = file->spec.project;
            } else if (file->spec.project != first->spec.project) {
                file->reading.error(file->document.root().find(u"project")->value,
                    u"this file is of project '%1', '%2' is of '%3'"_s.arg(
                        file->spec.project, first->document.file(), first->spec.project),
                    u"apply the files of one project at a time"_s);
            }
        }
    }

    // "x is there twice, first at file:line:column".
    void refuseSecond(ReadFile &file, Mark at, const QString &what, const FilePlace &first)
    {
        file.reading.error(at,
            u"%1 is defined twice, first at %2:%3:%4"_s.arg(what, first.file)
                .arg(first.mark.line)
                .arg(first.mark.column));
    }

    void collectCalendars(ReadFile &file)
    {
        if (!file.document.isComplete() || fileTable().isMisspelled(file.document.root(), u"calendars"_s))
            m_allCalendars = false;
        if (!file.spec.calendars || !file.spec.calendars->isMap())
            return;
        for (const YamlEntry &each : file.spec.calendars->entries) {
            CalendarSpec spec;
            const bool named = shape::goodKey(file.reading, each, shape::names(u"a calendar's name"_s));
            const bool good = calendarTable().read(file.reading, each.value, spec) && named;
            const auto [place, isNew]
                = m_result.calendarPlaces.emplace(each.key, FilePlace{file.document.file(), each.mark});
            if (!isNew) {
                refuseSecond(file, each.mark, u"the calendar '%1'"_s.arg(each.key), place->second);
            } else {
                m_result.calendars.emplace(each.key, spec);
                if (good)
                    m_readable.insert(each.key);
            }
        }
    }

    void collectLimits(ReadFile &file)
    {
        if (!file.document.isComplete() || fileTable().isMisspelled(file.document.root(), u"limits"_s))
            m_allLimits = false;
        if (!file.spec.limits || !file.spec.limits->isMap())
            return;
        for (const YamlEntry &each : file.spec.limits->entries) {
            LimitSpec spec;
            const bool named = shape::goodKey(file.reading, each, shape::names(u"a limit's name"_s));
            const bool good = limitTable().read(file.reading, each.value, spec) && named;
            const auto [place, isNew] = m_limitPlaces.emplace(each.key, FilePlace{file.document.file(), each.mark});
            if (!isNew)
                refuseSecond(file, each.mark, u"the limit '%1'"_s.arg(each.key), place->second);
            else if (!good)
                m_allLimits = false; // whoever names it is not to blame
            else if ((spec.units > 0) == (spec.rate > 0))
                file.reading.error(each.mark, u"the limit '%1' needs either units or a rate"_s.arg(each.key),
                    u"write {units: 1} or {rate: 10/min}"_s);
            else
                m_result.limits.emplace(each.key, spec);
        }
    }

    // References between calendars; then those that are good are made ready for the rules.
    void checkCalendars()
    {
        for (const auto &file : m_files)
            if (file->spec.calendars && m_allCalendars)
                for (const YamlEntry &each : file->spec.calendars->entries)
                    for (const QString &key : {u"or"_s, u"and"_s, u"minus"_s})
                        if (const YamlEntry *references = each.value.find(key))
                            checkReferences(*file, references->value);
        bool reported = !m_allCalendars;
        for (const auto &[name, spec] : m_result.calendars) {
            std::map<QString, CalendarSpec> closure;
            addCalendar(name, m_result.calendars, closure);
            const bool readable = std::all_of(
                closure.begin(), closure.end(), [&](const auto &each) { return m_readable.contains(each.first); });
            auto made = readable ? Calendar::makeAll(closure) : Result<Calendars>(Calendars());
            if (made)
                m_ready.merge(*made);
            else if (!std::exchange(reported, true))
                m_problems.push_back(at(m_result.calendarPlaces.at(name), made.error().message.section(u": "_s, -1)));
        }
    }

    void checkReferences(ReadFile &file, const YamlNode &node)
    {
        const auto check = [&](const YamlNode &each) {
            if (!each.isScalar() || m_result.calendars.contains(each.text))
                return;
            QStringList known;
            for (const auto &[name, spec] : m_result.calendars)
                known += name;
            const QString near = nearestName(each.text, known);
            file.reading.error(each, u"the calendar '%1' is not defined"_s.arg(each.text.left(64)),
                near.isEmpty() ? near : u"did you mean '%1'?"_s.arg(near));
            m_readable.clear(); // whatever refers to it says nothing new
        };
        check(node);
        for (const YamlNode &each : node.items)
            check(each);
    }

    static Problem at(const FilePlace &place, const QString &message)
    {
        return {Severity::Error, place.file, place.mark.line, place.mark.column, message, {}};
    }

    void readJobs(ReadFile &file)
    {
        JobDefinition base;
        base.project = m_result.project;
        base.zone = file.spec.zone.isEmpty() ? m_zone : file.spec.zone;
        const YamlNode *defaults = file.spec.defaults && file.spec.defaults->isMap() ? file.spec.defaults : nullptr;
        if (defaults) {
            jobTable().read(file.reading, *defaults, base);
            if (const YamlEntry *was = defaults->find(u"was"))
                file.reading.error(was->mark, u"'was' belongs to one job"_s, u"write it there"_s);
        }
        if (file.spec.jobs && file.spec.jobs->isMap())
            for (const YamlEntry &each : file.spec.jobs->entries)
                readJob(file, each, defaults, base);
    }

    void readJob(ReadFile &file, const YamlEntry &entry, const YamlNode *defaults, const JobDefinition &base)
    {
        shape::goodKey(file.reading, entry, shape::names(u"a job's name"_s));
        JobDefinition job = base;
        job.name = entry.key;
        // Of command and script the job's own one counts.
        if (entry.value.find(u"script"))
            job.command.clear();
        if (entry.value.find(u"command"))
            job.script.clear();
        jobTable().read(file.reading, entry.value, job);
        if (!entry.value.isMap())
            return;
        const JobSource source{
            entry, defaults, job, m_result.calendars, m_ready, m_result.limits, m_allLimits, m_allCalendars};
        checkJob(file.reading, source);
        for (const ScheduleRule &rule : job.schedule)
            addCalendar(rule.rule.calendar, m_result.calendars, job.calendars);
        checkSize(file, entry, job);
        const auto [place, isNew] = m_result.places.emplace(entry.key, placeOf(file, source));
        if (isNew)
            m_jobs.emplace(entry.key, std::move(job));
        else
            refuseSecond(file, entry.mark, u"the job '%1'"_s.arg(entry.key), {place->second.file, place->second.name});
    }

    static JobPlace placeOf(const ReadFile &file, const JobSource &source)
    {
        const auto markOf = [&](QStringView key) {
            const YamlNode *node = source.find(key);
            return node ? node->mark : Mark();
        };
        JobPlace place{file.document.file(), source.entry.mark, markOf(u"agent"), markOf(u"timeout"), {}};
        for (const YamlNode *each : source.rules())
            place.rules.push_back({each->mark, each->find(u"gap") || each->find(u"fold")});
        return place;
    }

    static void checkSize(ReadFile &file, const YamlEntry &entry, const JobDefinition &job)
    {
        QByteArray bytes;
        QCborStreamWriter writer(&bytes);
        Codec<JobDefinition>::write(writer, job);
        if (bytes.size() > largestJob)
            file.reading.error(entry.mark,
                u"the definition of '%1' has %2, the limit is %3"_s.arg(
                    entry.key.left(64), formatSize(bytes.size()), formatSize(largestJob)),
                u"put long texts into files"_s);
    }

    void checkRenames()
    {
        std::map<QString, QString> taken;
        for (const auto &file : m_files) {
            if (!file->spec.jobs)
                continue;
            for (const YamlEntry &each : file->spec.jobs->entries) {
                const YamlEntry *was = each.value.find(u"was");
                if (!was || !was->value.isScalar())
                    continue;
                const auto [other, isNew] = taken.emplace(was->value.text, each.key);
                if (was->value.text == each.key)
                    file->reading.error(was->value, u"a job cannot take over its own name"_s, u"leave out 'was'"_s);
                else if (m_jobs.contains(was->value.text))
                    file->reading.error(was->value, u"the job '%1' is still there"_s.arg(was->value.text.left(64)),
                        u"rename it, or leave out 'was'"_s);
                else if (!isNew)
                    file->reading.error(was->value,
                        u"'%1' was '%2' already"_s.arg(other->second, was->value.text.left(64)),
                        u"one job can take over its history"_s);
            }
        }
    }

    void checkThatThereAreJobs()
    {
        const bool any = std::any_of(
            m_files.begin(), m_files.end(), [](const auto &file) { return file->document.root().find(u"jobs"); });
        if (!any && m_problems.empty())
            m_problems.push_back({Severity::Error, m_files.empty() ? QString() : m_files.front()->document.file(), 1, 1,
                u"there are no jobs"_s, u"write 'jobs: {}' to remove all jobs of the project"_s});
    }

    const QString m_zone;
    std::vector<std::unique_ptr<ReadFile>> m_files;
    std::vector<Problem> m_problems;
    std::map<QString, JobDefinition> m_jobs;
    std::set<QString> m_readable; // calendars without a mistake of their own
    Calendars m_ready;
    bool m_allCalendars = true;
    std::map<QString, FilePlace> m_limitPlaces;
    bool m_allLimits = true;
    ParsedProject m_result;
};

} // namespace

bool isName(QStringView text)
{
    const auto letter = [](QChar c) { return (c >= u'a' && c <= u'z') || (c >= u'0' && c <= u'9'); };
    return !text.isEmpty() && text.size() <= 64 && letter(text[0])
        && std::all_of(text.begin(), text.end(), [&](QChar c) { return letter(c) || c == u'_' || c == u'-'; });
}

ParseResult parseJobFiles(const std::map<QString, QString> &files, const QString &zone)
{
    return ProjectReader(files, zone).run();
}

} // namespace belfry
