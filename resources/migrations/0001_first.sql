-- SPDX-License-Identifier: GPL-3.0-or-later
-- Times are integer milliseconds UTC; booleans 0 and 1; enumerations their names on the wire.

CREATE TABLE meta (
    name  TEXT PRIMARY KEY,
    value INTEGER NOT NULL
) WITHOUT ROWID;
INSERT INTO meta (name, value) VALUES ('epoch', 0), ('probe', 0), ('last_run', 0);

CREATE TABLE releases (
    project TEXT NOT NULL,
    number  INTEGER NOT NULL,
    at      INTEGER NOT NULL,
    by      TEXT NOT NULL,
    message TEXT NOT NULL,
    PRIMARY KEY (project, number)
) WITHOUT ROWID;

CREATE TABLE release_files (
    project TEXT NOT NULL,
    number  INTEGER NOT NULL,
    name    TEXT NOT NULL,
    text    TEXT NOT NULL,
    PRIMARY KEY (project, number, name),
    FOREIGN KEY (project, number) REFERENCES releases (project, number) DEFERRABLE INITIALLY DEFERRED
);

-- last_ended and last_success follow the newest final (successful) run by number, so that a start need not read history.
CREATE TABLE jobs (
    id               INTEGER PRIMARY KEY,
    uid              TEXT NOT NULL,
    project          TEXT NOT NULL,
    name             TEXT NOT NULL,
    version          INTEGER NOT NULL,
    release          INTEGER NOT NULL,
    since            INTEGER NOT NULL,
    removed          INTEGER NOT NULL,
    paused_since     INTEGER,
    last_ended       INTEGER,
    last_ended_run   INTEGER NOT NULL DEFAULT 0,
    last_success     INTEGER,
    last_success_run INTEGER NOT NULL DEFAULT 0
);

-- definition: CBOR of the described struct with integer keys.
CREATE TABLE definitions (
    job        INTEGER NOT NULL REFERENCES jobs (id) DEFERRABLE INITIALLY DEFERRED,
    version    INTEGER NOT NULL,
    release    INTEGER NOT NULL,
    since      INTEGER NOT NULL,
    definition BLOB NOT NULL,
    PRIMARY KEY (job, version)
);

CREATE TABLE rule_marks (
    job             INTEGER NOT NULL REFERENCES jobs (id) DEFERRABLE INITIALLY DEFERRED,
    rule            TEXT NOT NULL,
    since           INTEGER NOT NULL,
    accounted_until INTEGER NOT NULL,
    leap_from       INTEGER,
    leap_to         INTEGER,
    leap_ran        TEXT NOT NULL, -- times, by commas
    reopened        INTEGER NOT NULL,
    PRIMARY KEY (job, rule)
) WITHOUT ROWID;

CREATE TABLE runs (
    id               INTEGER PRIMARY KEY,
    job              INTEGER NOT NULL REFERENCES jobs (id) DEFERRABLE INITIALLY DEFERRED,
    job_name         TEXT NOT NULL,
    version          INTEGER NOT NULL,
    state            TEXT NOT NULL,
    final            INTEGER NOT NULL,
    cause            TEXT NOT NULL,
    rule             TEXT NOT NULL,
    occasion         INTEGER,
    first_occasion   INTEGER,
    window_start     INTEGER,
    window_end       INTEGER,
    last_success     INTEGER,
    params           TEXT NOT NULL,
    priority         INTEGER NOT NULL,
    queued_at        INTEGER NOT NULL,
    not_before       INTEGER,
    started_at       INTEGER,
    ended_at         INTEGER,
    attempts         INTEGER NOT NULL,
    exit_code        INTEGER,
    signal           INTEGER,
    reason           TEXT NOT NULL,
    by               TEXT NOT NULL,
    trigger_reason   TEXT NOT NULL,
    cancel_requested INTEGER,
    cancelled_by     TEXT NOT NULL,
    agent            TEXT NOT NULL,
    rerun_of         INTEGER
);
-- A page of any list is one walk along one of these. What is final is never touched again, so the large index by job
-- and state is written once a run.
CREATE INDEX runs_by_job ON runs (job, id);
CREATE INDEX runs_by_time ON runs (queued_at);
CREATE INDEX runs_by_state ON runs (state, id);
CREATE INDEX runs_open_by_job ON runs (job, state, id) WHERE final = 0;
CREATE INDEX runs_final_by_job ON runs (job, state, id) WHERE final = 1;

-- log_stored is written by the log files' side alone.
CREATE TABLE attempts (
    run         INTEGER NOT NULL REFERENCES runs (id) DEFERRABLE INITIALLY DEFERRED,
    attempt     INTEGER NOT NULL,
    agent       TEXT NOT NULL,
    boot_id     TEXT NOT NULL,
    epoch       INTEGER NOT NULL,
    state       TEXT NOT NULL,
    final       INTEGER NOT NULL,
    assigned_at INTEGER NOT NULL,
    started_at  INTEGER,
    ended_at    INTEGER,
    exit_code   INTEGER,
    signal      INTEGER,
    reason      TEXT NOT NULL,
    pid         INTEGER NOT NULL,
    cpu         INTEGER NOT NULL,
    peak_memory INTEGER NOT NULL,
    log_written INTEGER NOT NULL,
    log_stored  INTEGER NOT NULL DEFAULT 0,
    log_hash    TEXT NOT NULL,
    PRIMARY KEY (run, attempt)
) WITHOUT ROWID;
CREATE INDEX attempts_open ON attempts (run, attempt) WHERE final = 0;

-- One row an occasion, or one for a range of alike ones from at to until, both inclusive.
CREATE TABLE occasions (
    job      INTEGER NOT NULL REFERENCES jobs (id) DEFERRABLE INITIALLY DEFERRED,
    at       INTEGER NOT NULL,
    rule     TEXT NOT NULL,
    job_name TEXT NOT NULL,
    fate     TEXT NOT NULL,
    reason   TEXT NOT NULL,
    run      INTEGER,
    version  INTEGER NOT NULL,
    count    INTEGER NOT NULL,
    until    INTEGER,
    PRIMARY KEY (job, at, rule)
) WITHOUT ROWID;
CREATE INDEX occasions_by_time ON occasions (at, job, rule);
CREATE INDEX occasions_pending ON occasions (job, at, rule) WHERE fate = 'pending';
CREATE INDEX occasions_ranges ON occasions (until) WHERE until IS NOT NULL;

CREATE TABLE agents (
    name       TEXT PRIMARY KEY,
    instance   TEXT NOT NULL,
    boot_id    TEXT NOT NULL,
    state      TEXT NOT NULL,
    drained    INTEGER NOT NULL,
    labels     TEXT NOT NULL,
    slots      INTEGER NOT NULL,
    skew_ms    INTEGER NOT NULL,
    last_seen  INTEGER NOT NULL,
    version    TEXT NOT NULL,
    ephemeral  INTEGER NOT NULL,
    kill_set   TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE trigger_keys (
    project TEXT NOT NULL,
    name    TEXT NOT NULL,
    request BLOB NOT NULL,
    run     INTEGER NOT NULL,
    at      INTEGER NOT NULL,
    PRIMARY KEY (project, name)
) WITHOUT ROWID;
CREATE INDEX trigger_keys_by_time ON trigger_keys (at);

CREATE TABLE tokens (
    id      TEXT PRIMARY KEY,
    name    TEXT NOT NULL,
    role    TEXT NOT NULL,
    hash    BLOB NOT NULL,
    created INTEGER NOT NULL,
    expires INTEGER,
    revoked INTEGER
) WITHOUT ROWID;
