-- 見守りの一覧を確かめた (R-197): somebody looked at a case of a list of what grows old, and says when next. Dates, desks and codes: what a
-- case is about stands in its records.

CREATE TABLE watch_look (
    municipality_id UUID NOT NULL,
    id UUID NOT NULL,
    case_id UUID NOT NULL,
    list TEXT NOT NULL,
    looked_at TEXT NOT NULL,
    looked_by UUID,
    next_on TEXT NOT NULL,
    decision TEXT NOT NULL,
    -- Who decides whether the case is raised (R-094).
    decider_id UUID,
    -- What was thought of, as codes.
    ticks TEXT NOT NULL DEFAULT '',
    command_id UUID NOT NULL,
    PRIMARY KEY (municipality_id, id),
    CHECK (list IN ('silent', 'no_consent', 'stuck', 'alone')),
    CHECK (decision IN ('go_on', 'ask')),
    FOREIGN KEY (municipality_id, case_id) REFERENCES case_file (municipality_id, id),
    FOREIGN KEY (municipality_id, looked_by) REFERENCES app_user (municipality_id, id),
    FOREIGN KEY (municipality_id, decider_id) REFERENCES app_user (municipality_id, id),
    FOREIGN KEY (municipality_id, command_id) REFERENCES command (municipality_id, id)
);
CREATE INDEX watch_look_by_case ON watch_look (municipality_id, case_id, list, looked_at);
