-- SPDX-License-Identifier: GPL-3.0-or-later

-- All that was missed, acknowledged or not, for counting it by days.
CREATE INDEX occasions_missed ON occasions (at, job, until, count)
    WHERE fate IN ('missed', 'expired') AND reason <> 'superseded';
