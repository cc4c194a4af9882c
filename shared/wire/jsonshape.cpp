// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/wire/rpc.h"

#include <QSet>

namespace belfry::rpc {

using namespace Qt::StringLiterals;

namespace {

// Follows the brackets and texts of JSON. A text is a key when it stands in an object where a value does not.
class ShapeWalk
{
public:
    ShapeWalk(QStringView json, int maxDepth)
        : m_json(json)
        , m_maxDepth(maxDepth)
    { }

    Status walk()
    {
        while (m_at < m_json.size()) {
            const Status step = take(m_json[m_at]);
            if (!step)
                return step;
        }
        return {};
    }

private:
    struct Level {
        bool object = false;
        bool keyNext = false;
        QSet<QString> keys;
    };

    Status take(QChar c)
    {
        if (c == u'"')
            return takeText();
        ++m_at;
        if (c == u'{' || c == u'[')
            return enter(c == u'{');
        if ((c == u'}' || c == u']') && !m_levels.empty())
            m_levels.pop_back();
        if (c == u',' && !m_levels.empty())
            m_levels.back().keyNext = m_levels.back().object;
        return {};
    }

    Status enter(bool object)
    {
        if (int(m_levels.size()) == m_maxDepth)
            return fail(ErrorKind::Invalid, u"it nests deeper than %1"_s.arg(m_maxDepth));
        m_levels.push_back({.object = object, .keyNext = object, .keys = {}});
        return {};
    }

    Status takeText()
    {
        const bool isKey = !m_levels.empty() && m_levels.back().keyNext;
        const QString text = readText();
        if (!isKey)
            return {};
        Level &level = m_levels.back();
        level.keyNext = false;
        if (level.keys.contains(text))
            return fail(ErrorKind::Invalid, u"the key '%1' is there twice"_s.arg(text.left(64)));
        level.keys.insert(text);
        return {};
    }

    // From the opening quote over the closing one, with escapes resolved: `a` and `\u0061` are one key.
    QString readText()
    {
        QString text;
        for (++m_at; m_at < m_json.size() && m_json[m_at] != u'"'; ++m_at) {
            if (m_json[m_at] != u'\\' || m_at + 1 == m_json.size()) {
                text += m_json[m_at];
                continue;
            }
            text += readEscape(m_json[++m_at]);
        }
        ++m_at;
        return text;
    }

    QChar readEscape(QChar c)
    {
        if (c == u'u') {
            const QStringView digits = m_json.sliced(m_at + 1).first(std::min<qsizetype>(4, m_json.size() - m_at - 1));
            m_at += digits.size();
            return QChar(digits.toUShort(nullptr, 16));
        }
        constexpr std::u16string_view letters = u"bfnrt";
        constexpr std::u16string_view meant = u"\b\f\n\r\t";
        const auto index = letters.find(c.unicode());
        return index == letters.npos ? c : QChar(meant[index]);
    }

    QStringView m_json;
    int m_maxDepth;
    qsizetype m_at = 0;
    std::vector<Level> m_levels;
};

} // namespace

Status checkShape(QStringView json, int maxDepth)
{
    return ShapeWalk(json, maxDepth).walk();
}

} // namespace belfry::rpc
