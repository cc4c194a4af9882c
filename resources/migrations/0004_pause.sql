-- SPDX-License-Identifier: GPL-3.0-or-later

-- A pause holds from paused_since to paused_until; pause_then: skip, latest, all.
ALTER TABLE jobs ADD COLUMN paused_until INTEGER;
ALTER TABLE jobs ADD COLUMN pause_then TEXT NOT NULL DEFAULT 'skip';
ALTER TABLE jobs ADD COLUMN paused_by TEXT NOT NULL DEFAULT '';

-- One of several that are caught up one by one.
ALTER TABLE runs ADD COLUMN backlog INTEGER NOT NULL DEFAULT 0;
