// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/yaml/builder.h"

#include <algorithm>

namespace belfry {

using namespace Qt::StringLiterals;

namespace {

// Whether the quoted text that begins at this byte ends somewhere; yaml-cpp takes the end of the file for its end.
bool isClosed(const QByteArray &text, qsizetype at)
{
    const char quote = text[at];
    for (++at; at < text.size(); ++at) {
        if (quote == '"' && text[at] == '\\')
            ++at;
        else if (text[at] == quote && (quote == '"' || at + 1 == text.size() || text[at + 1] != quote))
            return true;
        else if (text[at] == quote)
            ++at; // two apostrophes stand for one
    }
    return false;
}

} // namespace

YamlBuilder::YamlBuilder(const QByteArray &text, const YamlLimits &limits, Place place, Report report)
    : m_text(text)
    , m_limits(limits)
    , m_place(std::move(place))
    , m_report(std::move(report))
{ }

void YamlBuilder::abort(Mark mark, const QString &message, const QString &hint)
{
    m_report(mark, message, hint);
    throw YamlAbort();
}

void YamlBuilder::OnDocumentStart(const YAML::Mark &mark)
{
    if (m_started)
        abort(m_place(mark), u"a file holds one document"_s, u"put the second one into a file of its own"_s);
    m_started = true;
}

void YamlBuilder::count(int nodes, Mark mark)
{
    m_nodes += nodes;
    if (m_nodes > m_limits.nodes)
        abort(mark, u"the file has more than %1 values"_s.arg(m_limits.nodes), u"split it"_s);
}

void YamlBuilder::refuseTag(const YAML::Mark &mark, const std::string &tag)
{
    const bool written = !tag.empty() && tag != "?" && tag != "!";
    if (written || (mark.pos >= 0 && mark.pos < m_text.size() && m_text[mark.pos] == '!'))
        m_report(m_place(mark), u"tags are not allowed"_s, u"leave out what starts with '!'"_s);
}

void YamlBuilder::OnNull(const YAML::Mark &mark, YAML::anchor_t anchor)
{
    refuseTag(mark, {});
    YamlNode node;
    node.mark = m_place(mark);
    // Where nothing is written, yaml-cpp names the place of whatever comes next; the key is where to look.
    const bool written = mark.pos < m_text.size() && QByteArrayView("~nN").contains(m_text[mark.pos]);
    if (!m_open.empty() && m_open.back().entry) {
        const Mark key = m_open.back().entry->mark;
        if (!written || key.line != node.mark.line)
            node.mark = key;
    }
    count(1, node.mark);
    add(std::move(node), anchor, {});
}

void YamlBuilder::OnScalar(
    const YAML::Mark &mark, const std::string &tag, YAML::anchor_t anchor, const std::string &value)
{
    refuseTag(mark, tag);
    YamlNode node;
    node.kind = YamlNode::Kind::Scalar;
    node.mark = m_place(mark);
    node.quoted = tag == "!";
    node.text = QString::fromUtf8(value.data(), qsizetype(value.size()));
    if (node.text.contains(QChar(0)))
        m_report(node.mark, u"a text must not hold the character NUL"_s, {});
    const bool quotes = mark.pos >= 0 && mark.pos < m_text.size() && QByteArrayView("'\"").contains(m_text[mark.pos]);
    if (node.quoted && quotes && !isClosed(m_text, mark.pos))
        abort(node.mark, u"this quote is never closed"_s, {});
    count(1, node.mark);
    add(std::move(node), anchor, {});
}

void YamlBuilder::OnAlias(const YAML::Mark &mark, YAML::anchor_t anchor)
{
    const Mark place = m_place(mark);
    const auto found = m_anchored.find(anchor);
    if (found == m_anchored.end())
        abort(place, u"an alias must not stand inside what it names"_s);
    m_copied += found->second.size.nodes;
    if (m_copied > m_limits.aliasNodes)
        abort(place, u"aliases repeat more than %1 values"_s.arg(m_limits.aliasNodes),
            u"write them out or use `defaults`"_s);
    if (int(m_open.size()) + found->second.size.height > m_limits.depth)
        abort(place, u"nested deeper than %1 levels"_s.arg(m_limits.depth));
    count(found->second.size.nodes, place);
    add(found->second.node, 0, found->second.size);
}

void YamlBuilder::OnSequenceStart(
    const YAML::Mark &mark, const std::string &tag, YAML::anchor_t anchor, YAML::EmitterStyle::value)
{
    open(YamlNode::Kind::List, mark, tag, anchor);
}

void YamlBuilder::OnMapStart(
    const YAML::Mark &mark, const std::string &tag, YAML::anchor_t anchor, YAML::EmitterStyle::value)
{
    open(YamlNode::Kind::Map, mark, tag, anchor);
}

void YamlBuilder::open(YamlNode::Kind kind, const YAML::Mark &mark, const std::string &tag, YAML::anchor_t anchor)
{
    refuseTag(mark, tag);
    Open next;
    next.node.kind = kind;
    next.node.mark = m_place(mark);
    next.anchor = anchor;
    count(1, next.node.mark);
    if (int(m_open.size()) >= m_limits.depth)
        abort(next.node.mark, u"nested deeper than %1 levels"_s.arg(m_limits.depth));
    m_open.push_back(std::move(next));
}

void YamlBuilder::close()
{
    Open done = std::move(m_open.back());
    m_open.pop_back();
    add(std::move(done.node), done.anchor, done.size);
}

void YamlBuilder::add(YamlNode node, YAML::anchor_t anchor, Size size)
{
    const Mark mark = node.mark;
    if (anchor != 0) {
        m_copied += size.nodes;
        if (m_copied > m_limits.aliasNodes)
            abort(mark, u"anchors name more than %1 values"_s.arg(m_limits.aliasNodes));
        m_anchored.insert_or_assign(anchor, Anchored{node, size});
    }
    if (m_open.empty()) {
        m_root = std::move(node);
        return;
    }
    Open &parent = m_open.back();
    parent.size.nodes += size.nodes;
    parent.size.height = std::max(parent.size.height, size.height + 1);
    if (parent.node.isList()) {
        parent.node.items.push_back(std::move(node));
    } else if (!parent.entry) {
        addKey(parent, std::move(node));
    } else {
        parent.entry->value = std::move(node);
        if (!parent.drop)
            parent.node.entries.push_back(std::move(*parent.entry));
        parent.entry.reset();
    }
}

void YamlBuilder::addKey(Open &map, YamlNode node)
{
    map.entry = YamlEntry{node.text, node.mark, {}};
    map.drop = true;
    const auto refuse = [&](const QString &message, const QString &hint) {
        map.node.gaps = true;
        m_report(node.mark, message, hint);
    };
    if (!node.isScalar())
        return refuse(node.isNull() ? u"a key is missing"_s : u"a key must be a text"_s, {});
    if (node.text == u"<<"_s && !node.quoted)
        return refuse(u"merge keys ('<<') are not allowed"_s, u"use `defaults`, or write the keys out"_s);
    const auto first = map.keys.constFind(node.text);
    if (first != map.keys.constEnd()) {
        m_report(node.mark,
            u"the key '%1' is there twice, first at %2:%3"_s.arg(node.text.left(64))
                .arg(first->line)
                .arg(first->column),
            u"leave one out"_s);
        return;
    }
    map.keys.insert(node.text, node.mark);
    map.drop = false;
}

} // namespace belfry
