-- SPDX-License-Identifier: GPL-3.0-or-later

-- What people say of runs and occasions. A failure that is not acknowledged asks for attention; what was there before
-- this was known counts as seen.
ALTER TABLE runs ADD COLUMN acknowledged_at INTEGER;
ALTER TABLE runs ADD COLUMN acknowledged_by TEXT NOT NULL DEFAULT '';
ALTER TABLE runs ADD COLUMN acknowledge_note TEXT NOT NULL DEFAULT '';
UPDATE runs SET acknowledged_at = coalesce(ended_at, queued_at), acknowledge_note = 'from before the upgrade'
    WHERE state IN ('failed', 'timed_out', 'not_started', 'lost');
CREATE INDEX runs_attention ON runs (ended_at, id)
    WHERE state IN ('failed', 'timed_out', 'not_started', 'lost') AND acknowledged_at IS NULL;

-- A waiting run that a person holds.
ALTER TABLE runs ADD COLUMN held_since INTEGER;
ALTER TABLE runs ADD COLUMN held_by TEXT NOT NULL DEFAULT '';
ALTER TABLE runs ADD COLUMN hold_reason TEXT NOT NULL DEFAULT '';
-- Who changed its priority last.
ALTER TABLE runs ADD COLUMN priority_by TEXT NOT NULL DEFAULT '';

ALTER TABLE occasions ADD COLUMN acknowledged_at INTEGER;
ALTER TABLE occasions ADD COLUMN acknowledged_by TEXT NOT NULL DEFAULT '';
ALTER TABLE occasions ADD COLUMN acknowledge_note TEXT NOT NULL DEFAULT '';
-- The person behind the fate, and why.
ALTER TABLE occasions ADD COLUMN by TEXT NOT NULL DEFAULT '';
ALTER TABLE occasions ADD COLUMN by_reason TEXT NOT NULL DEFAULT '';
UPDATE occasions SET acknowledged_at = at, acknowledge_note = 'from before the upgrade'
    WHERE fate IN ('missed', 'expired') AND reason <> 'superseded';
CREATE INDEX occasions_attention ON occasions (at, job, rule)
    WHERE fate IN ('missed', 'expired') AND reason <> 'superseded' AND acknowledged_at IS NULL;

-- Instants of jobs whose occasions a person wants to be skipped; kept for a while after they were due, for the clock may
-- be set back.
CREATE TABLE planned_skips (
    job    INTEGER NOT NULL REFERENCES jobs (id) DEFERRABLE INITIALLY DEFERRED,
    at     INTEGER NOT NULL,
    by     TEXT NOT NULL,
    reason TEXT NOT NULL,
    since  INTEGER NOT NULL,
    PRIMARY KEY (job, at)
) WITHOUT ROWID;
