-- 開示請求の写し: also of somebody whose consultation became no case. The same table with either of the two.
CREATE TABLE access_report_of (
    municipality_id UUID NOT NULL,
    id UUID NOT NULL,
    state TEXT NOT NULL,
    -- Where the person asked, and who took it.
    desk_id UUID NOT NULL,
    user_id UUID,
    case_id UUID,
    consultation_id UUID,
    person_id UUID NOT NULL,
    asked_on TEXT NOT NULL,
    -- Who asks: the person, or somebody for them; and by what the desk knew who they are.
    asked_by TEXT NOT NULL,
    identity TEXT NOT NULL,
    -- Looks of these days, both inclusive.
    from_day TEXT NOT NULL,
    until_day TEXT NOT NULL,
    due_on TEXT NOT NULL,
    prepared_at TEXT,
    reviewed_at TEXT,
    ended_at TEXT,
    -- Why it was refused or withdrawn, as a code.
    reason TEXT NOT NULL DEFAULT '',
    version BIGINT NOT NULL DEFAULT 1,
    command_id UUID NOT NULL,
    PRIMARY KEY (municipality_id, id),
    CHECK ((case_id IS NULL) <> (consultation_id IS NULL)),
    CHECK (state IN ('requested', 'prepared', 'reviewed', 'issued', 'refused', 'withdrawn')),
    CHECK (state NOT IN ('refused', 'withdrawn') OR reason <> ''),
    CHECK ((state IN ('issued', 'refused', 'withdrawn')) = (ended_at IS NOT NULL)),
    CHECK (from_day <= until_day),
    FOREIGN KEY (municipality_id, desk_id) REFERENCES desk (municipality_id, id),
    FOREIGN KEY (municipality_id, case_id) REFERENCES case_file (municipality_id, id),
    FOREIGN KEY (municipality_id, consultation_id) REFERENCES consultation (municipality_id, id),
    FOREIGN KEY (municipality_id, person_id) REFERENCES person (municipality_id, id),
    FOREIGN KEY (municipality_id, command_id) REFERENCES command (municipality_id, id)
);
INSERT INTO access_report_of (municipality_id, id, state, desk_id, user_id, case_id, person_id, asked_on, asked_by, identity,
    from_day, until_day, due_on, prepared_at, reviewed_at, ended_at, reason, version, command_id)
    SELECT municipality_id, id, state, desk_id, user_id, case_id, person_id, asked_on, asked_by, identity,
    from_day, until_day, due_on, prepared_at, reviewed_at, ended_at, reason, version, command_id FROM access_report;

CREATE TABLE access_report_row_of (
    municipality_id UUID NOT NULL,
    report_id UUID NOT NULL,
    log_id UUID NOT NULL,
    -- show, withhold; empty until somebody has looked at it.
    verdict TEXT NOT NULL DEFAULT '',
    -- What the law lets it be withheld by, as a code.
    exemption TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (municipality_id, report_id, log_id),
    CHECK (verdict IN ('', 'show', 'withhold')),
    CHECK ((verdict = 'withhold') = (exemption <> '')),
    FOREIGN KEY (municipality_id, report_id) REFERENCES access_report_of (municipality_id, id)
);
INSERT INTO access_report_row_of (municipality_id, report_id, log_id, verdict, exemption)
    SELECT municipality_id, report_id, log_id, verdict, exemption FROM access_report_row;

DROP TABLE access_report_row;
DROP TABLE access_report;
ALTER TABLE access_report_of RENAME TO access_report;
ALTER TABLE access_report_row_of RENAME TO access_report_row;
CREATE INDEX access_report_by_state ON access_report (municipality_id, state, due_on);
CREATE INDEX access_report_by_case ON access_report (municipality_id, case_id);
CREATE INDEX access_report_by_consultation ON access_report (municipality_id, consultation_id);
CREATE INDEX access_report_by_person ON access_report (municipality_id, person_id);
