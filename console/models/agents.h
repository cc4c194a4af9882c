// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/models/keyedmodel.h"
#include "console/models/times.h"

namespace belfry {

// Every agent that the backend knows.
class Agents final : public KeyedModel<Agent, QString>
{
    Q_OBJECT

public:
    explicit Agents(const Times *times, QObject *parent = nullptr);

    int online() const;

Q_SIGNALS:
    void agentsChanged();

protected:
    void rowsChanged() override { Q_EMIT agentsChanged(); }
};

// `linux arch=x86_64 ...`: configured labels and facts.
QString labelWords(const std::map<QString, QString> &labels);

} // namespace belfry
