-- 開示請求の写し (disclosure rule 7): who looked at what is kept of a person, for that person. The rows are those of the access log as
-- they stood when the copy was prepared; here stands only which of them, and what was decided about each.

CREATE TABLE access_report (
    municipality_id UUID NOT NULL,
    id UUID NOT NULL,
    state TEXT NOT NULL,
    -- Where the person asked, and who took it.
    desk_id UUID NOT NULL,
    user_id UUID,
    case_id UUID NOT NULL,
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
    CHECK (state IN ('requested', 'prepared', 'reviewed', 'issued', 'refused', 'withdrawn')),
    CHECK (state NOT IN ('refused', 'withdrawn') OR reason <> ''),
    CHECK ((state IN ('issued', 'refused', 'withdrawn')) = (ended_at IS NOT NULL)),
    CHECK (from_day <= until_day),
    FOREIGN KEY (municipality_id, desk_id) REFERENCES desk (municipality_id, id),
    FOREIGN KEY (municipality_id, case_id) REFERENCES case_file (municipality_id, id),
    FOREIGN KEY (municipality_id, person_id) REFERENCES person (municipality_id, id),
    FOREIGN KEY (municipality_id, command_id) REFERENCES command (municipality_id, id)
);
CREATE INDEX access_report_by_state ON access_report (municipality_id, state, due_on);
CREATE INDEX access_report_by_case ON access_report (municipality_id, case_id);

CREATE TABLE access_report_row (
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
    FOREIGN KEY (municipality_id, report_id) REFERENCES access_report (municipality_id, id)
);
