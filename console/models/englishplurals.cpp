// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/models/englishplurals.h"

namespace belfry {

using namespace Qt::StringLiterals;

QString EnglishPlurals::translate(const char *, const char *source, const char *, int n) const
{
    QString text = QString::fromUtf8(source);
    if (n < 0 || !text.contains("(s)"_L1))
        return {}; // as it stands
    if (n != 1)
        return text.replace("(s)"_L1, "s"_L1);
    text.remove("(s)"_L1);
    for (const auto &[many, one] :
        {std::pair(" are "_L1, " is "_L1), std::pair(" were "_L1, " was "_L1), std::pair(" have "_L1, " has "_L1)})
        text.replace(many, one);
    return text;
}

} // namespace belfry
