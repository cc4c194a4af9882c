-- SPDX-License-Identifier: GPL-3.0-or-later

-- units or rate is 0; per in milliseconds.
CREATE TABLE limits (
    project TEXT NOT NULL,
    name    TEXT NOT NULL,
    units   INTEGER NOT NULL,
    rate    INTEGER NOT NULL,
    per     INTEGER NOT NULL,
    PRIMARY KEY (project, name)
) WITHOUT ROWID;

-- What attempts took of rates, for as long as it counts.
CREATE TABLE rate_uses (
    project TEXT NOT NULL,
    name    TEXT NOT NULL,
    at      INTEGER NOT NULL,
    run     INTEGER NOT NULL,
    attempt INTEGER NOT NULL,
    units   INTEGER NOT NULL,
    PRIMARY KEY (project, name, at, run, attempt)
) WITHOUT ROWID;
