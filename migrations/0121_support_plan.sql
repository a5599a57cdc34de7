-- 支援プラン (R-082 to R-084, R-098 to R-105, R-180; domain sections 3 and 4.2): one row for each version of a plan of a case, and
-- its lines. The words are entries; here are kinds, states, desks, days and codes only.

CREATE TABLE support_plan (
    municipality_id UUID NOT NULL,
    id UUID NOT NULL,
    case_id UUID NOT NULL,
    kind TEXT NOT NULL,
    number BIGINT NOT NULL,
    -- The version it would take the place of.
    follows_id UUID,
    -- The desk that answers for the plan.
    desk_id UUID NOT NULL,
    state TEXT NOT NULL DEFAULT 'draft',
    monitoring_on TEXT,
    -- 伴走型 (R-180): weeks between two looks, as long as it takes.
    rhythm_weeks BIGINT,
    -- プラン兼利用申込書: when and how the person applied.
    signed_on TEXT,
    signed_how TEXT NOT NULL DEFAULT '',
    decision_id UUID,
    end_decision_id UUID,
    -- 評価シート: what came out.
    result TEXT NOT NULL DEFAULT '',
    evaluated_at TEXT,
    -- つなぎ戻し (R-099): to whom, and the first look afterwards.
    hand_back_desk_id UUID,
    first_check_on TEXT,
    written_at TEXT NOT NULL,
    in_force_at TEXT,
    ended_at TEXT,
    version BIGINT NOT NULL DEFAULT 1,
    command_id UUID NOT NULL,
    PRIMARY KEY (municipality_id, id),
    UNIQUE (municipality_id, case_id, kind, number),
    CHECK (kind IN ('multi_agency', 'outreach', 'participation')),
    CHECK (state IN ('draft', 'proposed', 'in_force', 'replaced', 'ended', 'interrupted', 'dropped')),
    -- Nothing is in force, is replaced or ends without a decision (R-043, R-104); raw SQL cannot write it either.
    CHECK (state IN ('draft', 'proposed', 'dropped') OR (decision_id IS NOT NULL AND in_force_at IS NOT NULL
        AND monitoring_on IS NOT NULL)),
    CHECK (state NOT IN ('ended', 'interrupted') OR (end_decision_id IS NOT NULL AND ended_at IS NOT NULL)),
    CHECK ((signed_on IS NULL) = (signed_how = '')),
    CHECK (state IN ('draft', 'dropped') OR kind = 'outreach' OR signed_on IS NOT NULL),
    CHECK ((hand_back_desk_id IS NULL) = (first_check_on IS NULL)),
    CHECK ((evaluated_at IS NULL) = (result = '')),
    FOREIGN KEY (municipality_id, case_id) REFERENCES case_file (municipality_id, id),
    FOREIGN KEY (municipality_id, follows_id) REFERENCES support_plan (municipality_id, id),
    FOREIGN KEY (municipality_id, desk_id) REFERENCES desk (municipality_id, id),
    FOREIGN KEY (municipality_id, decision_id) REFERENCES decision (municipality_id, id),
    FOREIGN KEY (municipality_id, end_decision_id) REFERENCES decision (municipality_id, id),
    FOREIGN KEY (municipality_id, hand_back_desk_id) REFERENCES desk (municipality_id, id),
    FOREIGN KEY (municipality_id, command_id) REFERENCES command (municipality_id, id)
);
-- One plan of a kind is in force for a case, and one is being written.
CREATE UNIQUE INDEX support_plan_in_force ON support_plan (municipality_id, case_id, kind) WHERE state = 'in_force';
CREATE UNIQUE INDEX support_plan_open ON support_plan (municipality_id, case_id, kind)
    WHERE state IN ('draft', 'proposed');
CREATE INDEX support_plan_by_case ON support_plan (municipality_id, case_id, written_at);
CREATE INDEX support_plan_by_desk ON support_plan (municipality_id, desk_id, state);

CREATE TABLE support_plan_line (
    municipality_id UUID NOT NULL,
    id UUID NOT NULL,
    plan_id UUID NOT NULL,
    part TEXT NOT NULL,
    seq BIGINT NOT NULL,
    entry_id UUID NOT NULL,
    -- An action: who does it. A place is named by a text of its own.
    who TEXT NOT NULL DEFAULT '',
    desk_id UUID,
    person_id UUID,
    place_entry_id UUID,
    due_on TEXT,
    -- The promise of a desk, once the plan is in force.
    task_id UUID,
    -- A goal at the end.
    achieved TEXT NOT NULL DEFAULT '',
    command_id UUID NOT NULL,
    PRIMARY KEY (municipality_id, id),
    CHECK (part IN ('words', 'direction', 'long_goal', 'short_goal', 'action', 'change', 'monitored', 'evaluation')),
    CHECK ((part = 'action') = (who <> '')),
    CHECK (who IN ('', 'desk', 'person', 'self', 'place')),
    CHECK ((who = 'desk') = (desk_id IS NOT NULL)),
    CHECK ((who = 'person') = (person_id IS NOT NULL)),
    CHECK ((who = 'place') = (place_entry_id IS NOT NULL)),
    FOREIGN KEY (municipality_id, plan_id) REFERENCES support_plan (municipality_id, id),
    FOREIGN KEY (municipality_id, entry_id) REFERENCES entry (municipality_id, id),
    FOREIGN KEY (municipality_id, desk_id) REFERENCES desk (municipality_id, id),
    FOREIGN KEY (municipality_id, person_id) REFERENCES person (municipality_id, id),
    FOREIGN KEY (municipality_id, place_entry_id) REFERENCES entry (municipality_id, id),
    FOREIGN KEY (municipality_id, task_id) REFERENCES task (municipality_id, id),
    FOREIGN KEY (municipality_id, command_id) REFERENCES command (municipality_id, id)
);
CREATE INDEX support_plan_line_by_plan ON support_plan_line (municipality_id, plan_id, part, seq);
CREATE INDEX support_plan_line_by_entry ON support_plan_line (municipality_id, entry_id);
