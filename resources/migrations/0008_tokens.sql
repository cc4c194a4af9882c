-- SPDX-License-Identifier: GPL-3.0-or-later

-- last_used: its last connection, written once a minute at most.
ALTER TABLE tokens ADD COLUMN created_by TEXT NOT NULL DEFAULT '';
ALTER TABLE tokens ADD COLUMN last_used INTEGER;
