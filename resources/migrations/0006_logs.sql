-- SPDX-License-Identifier: GPL-3.0-or-later

-- log_cap: bytes kept at most, 0: all. log_lost: bytes behind log_written that the agent could not keep.
ALTER TABLE attempts ADD COLUMN log_cap INTEGER NOT NULL DEFAULT 0;
ALTER TABLE attempts ADD COLUMN log_lost INTEGER NOT NULL DEFAULT 0;
ALTER TABLE attempts ADD COLUMN log_lost_why TEXT NOT NULL DEFAULT '';
ALTER TABLE attempts ADD COLUMN outputs TEXT NOT NULL DEFAULT '{}';

-- Written by the log files' side alone. log_form: '' two growing files, 'packed' one file, 'row' packed_logs.
-- log_check: '' not compared, 'same' or 'differs': the hash of what is stored.
ALTER TABLE attempts ADD COLUMN log_form TEXT NOT NULL DEFAULT '';
ALTER TABLE attempts ADD COLUMN log_check TEXT NOT NULL DEFAULT '';
CREATE INDEX attempts_to_pack ON attempts (run, attempt) WHERE final = 1 AND log_form = '' AND log_stored > 0;

-- Bytes of a log that are not kept: from_offset to before until_offset. end_record > 0: the middle of a log over its
-- cap, where these records of the index are freed on the disk as well.
CREATE TABLE log_gaps (
    run          INTEGER NOT NULL,
    attempt      INTEGER NOT NULL,
    from_offset  INTEGER NOT NULL,
    until_offset INTEGER NOT NULL,
    reason       TEXT NOT NULL,
    first_record INTEGER NOT NULL,
    end_record   INTEGER NOT NULL,
    PRIMARY KEY (run, attempt, from_offset)
) WITHOUT ROWID;

-- Small logs that are over, as their packed file would be.
CREATE TABLE packed_logs (
    run     INTEGER NOT NULL,
    attempt INTEGER NOT NULL,
    packed  BLOB NOT NULL,
    PRIMARY KEY (run, attempt)
);

-- What attempts said in ##belfry lines: CBOR of the described struct with integer keys.
CREATE TABLE attempt_notes (
    run     INTEGER NOT NULL,
    attempt INTEGER NOT NULL,
    notes   BLOB NOT NULL,
    PRIMARY KEY (run, attempt)
);
