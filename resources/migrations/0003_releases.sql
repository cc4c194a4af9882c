-- SPDX-License-Identifier: GPL-3.0-or-later

-- The release that replaced this version or removed the job; null: it is in force. So the jobs of release n are the
-- versions with release <= n < until_release. When a job was removed earlier than this column is not known: with the
-- newest release, so that no rollback misses it.
ALTER TABLE definitions ADD COLUMN until_release INTEGER;
UPDATE definitions SET until_release = (SELECT min(later.release) FROM definitions later
    WHERE later.job = definitions.job AND later.version > definitions.version);
UPDATE definitions SET until_release = (SELECT max(releases.number) FROM releases
        JOIN jobs ON jobs.project = releases.project WHERE jobs.id = definitions.job)
    WHERE until_release IS NULL AND job IN (SELECT id FROM jobs WHERE removed = 1);

-- limits: CBOR of the project's limits by name.
ALTER TABLE releases ADD COLUMN restores INTEGER NOT NULL DEFAULT 0;
ALTER TABLE releases ADD COLUMN added INTEGER NOT NULL DEFAULT 0;
ALTER TABLE releases ADD COLUMN changed INTEGER NOT NULL DEFAULT 0;
ALTER TABLE releases ADD COLUMN removed INTEGER NOT NULL DEFAULT 0;
ALTER TABLE releases ADD COLUMN unchanged INTEGER NOT NULL DEFAULT 0;
ALTER TABLE releases ADD COLUMN limits BLOB NOT NULL DEFAULT X'A0';
