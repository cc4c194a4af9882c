// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QJsonObject>
#include <QString>

namespace belfry {

// A JSON schema in one line or, where that is long, in indented ones: {job: string, limit?: integer = 50}
QString signatureOf(const QJsonObject &schema, int indent = 0);

} // namespace belfry
