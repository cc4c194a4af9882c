// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/yaml/document.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/mark.h>

#include <QHash>

#include <functional>
#include <optional>

namespace belfry {

// Thrown through yaml-cpp to end a parse early, after the problem has been noted.
struct YamlAbort { };

// Turns yaml-cpp's events into our nodes, and notes what strict files must not hold. The node tree is a tree: an alias
// becomes a copy, within the budgets.
class YamlBuilder final : public YAML::EventHandler
{
public:
    using Place = std::function<Mark(const YAML::Mark &)>;
    using Report = std::function<void(Mark, const QString &message, const QString &hint)>;

    // `text` is what is parsed; it tells a tag from a quoted scalar.
    YamlBuilder(const QByteArray &text, const YamlLimits &limits, Place place, Report report);

    YamlNode takeRoot() { return std::move(m_root); }

    void OnDocumentStart(const YAML::Mark &mark) override;
    void OnDocumentEnd() override { }
    void OnNull(const YAML::Mark &mark, YAML::anchor_t anchor) override;
    void OnAlias(const YAML::Mark &mark, YAML::anchor_t anchor) override;
    void OnScalar(
        const YAML::Mark &mark, const std::string &tag, YAML::anchor_t anchor, const std::string &value) override;
    void OnSequenceStart(
        const YAML::Mark &mark, const std::string &tag, YAML::anchor_t anchor, YAML::EmitterStyle::value) override;
    void OnSequenceEnd() override { close(); }
    void OnMapStart(
        const YAML::Mark &mark, const std::string &tag, YAML::anchor_t anchor, YAML::EmitterStyle::value) override;
    void OnMapEnd() override { close(); }

private:
    struct Size {
        int nodes = 1;
        int height = 1;
    };
    struct Open {
        YamlNode node;
        YAML::anchor_t anchor = 0;
        Size size;
        std::optional<YamlEntry> entry; // the key whose value comes next
        bool drop = false; // that entry is a mistake already noted
        QHash<QString, Mark> keys;
    };
    struct Anchored {
        YamlNode node;
        Size size;
    };

    void open(YamlNode::Kind kind, const YAML::Mark &mark, const std::string &tag, YAML::anchor_t anchor);
    void close();
    void add(YamlNode node, YAML::anchor_t anchor, Size size);
    void addKey(Open &map, YamlNode node);
    void refuseTag(const YAML::Mark &mark, const std::string &tag);
    void count(int nodes, Mark mark);
    [[noreturn]] void abort(Mark mark, const QString &message, const QString &hint = {});

    const QByteArray &m_text;
    const YamlLimits m_limits;
    const Place m_place;
    const Report m_report;
    YamlNode m_root;
    std::vector<Open> m_open;
    std::map<YAML::anchor_t, Anchored> m_anchored;
    int m_nodes = 0;
    int m_copied = 0;
    bool m_started = false;
};

} // namespace belfry
