-- What a conference decided about a case (R-043, R-044, domain section 4.2): programme, timing, day, ground, codes. The words are
-- entries: of the case where the conference rests on consent or nobody but the provider decided, of the matter where it is
-- confidential.

CREATE TABLE decision (
    municipality_id UUID NOT NULL,
    id UUID NOT NULL,
    case_id UUID NOT NULL,
    matter_id UUID,
    programme TEXT NOT NULL,
    timing TEXT NOT NULL,
    ground TEXT NOT NULL,
    -- Why there is no consent any more, where closing or interruption is decided without.
    ended_why TEXT NOT NULL DEFAULT '',
    decided_on TEXT NOT NULL,
    -- 策定, 再プラン: when it is looked at again.
    monitoring_on TEXT,
    -- 終結: whether, and when, there is a follow-up.
    follow_up TEXT NOT NULL DEFAULT '',
    follow_up_on TEXT,
    -- 中断: why.
    interrupt_why TEXT NOT NULL DEFAULT '',
    desk_id UUID NOT NULL,
    user_id UUID NOT NULL,
    recorded_at TEXT NOT NULL,
    -- A decision is used once, by the version of a plan that it put into force or ended.
    used_at TEXT,
    used_by UUID,
    voided_at TEXT,
    command_id UUID NOT NULL,
    PRIMARY KEY (municipality_id, id),
    CHECK (programme IN ('multi_agency', 'outreach', 'participation')),
    CHECK (timing IN ('establish', 'replan', 'close', 'interrupt', 'other')),
    CHECK (ground IN ('consent', 'secrecy', 'own_records')),
    CHECK ((ground = 'own_records') = (matter_id IS NULL)),
    -- A plan is decided with consent only; without, support can be ended or paused, and says why there is none.
    CHECK (ground = 'consent' OR timing NOT IN ('establish', 'replan')),
    CHECK (ground = 'consent' OR timing = 'other' OR ended_why <> ''),
    CHECK (ground <> 'own_records' OR timing <> 'other'),
    CHECK (timing NOT IN ('establish', 'replan') OR monitoring_on IS NOT NULL),
    CHECK ((timing = 'close') = (follow_up <> '')),
    CHECK ((follow_up = 'needed') = (follow_up_on IS NOT NULL)),
    CHECK ((timing = 'interrupt') = (interrupt_why <> '')),
    CHECK ((used_at IS NULL) = (used_by IS NULL)),
    CHECK (used_at IS NULL OR voided_at IS NULL),
    FOREIGN KEY (municipality_id, case_id) REFERENCES case_file (municipality_id, id),
    FOREIGN KEY (municipality_id, matter_id) REFERENCES matter (municipality_id, id),
    FOREIGN KEY (municipality_id, desk_id) REFERENCES desk (municipality_id, id),
    FOREIGN KEY (municipality_id, user_id) REFERENCES app_user (municipality_id, id),
    FOREIGN KEY (municipality_id, command_id) REFERENCES command (municipality_id, id)
);
CREATE INDEX decision_by_case ON decision (municipality_id, case_id, decided_on);
CREATE INDEX decision_by_matter ON decision (municipality_id, matter_id);

CREATE TABLE decision_text (
    municipality_id UUID NOT NULL,
    decision_id UUID NOT NULL,
    part TEXT NOT NULL,
    entry_id UUID NOT NULL,
    PRIMARY KEY (municipality_id, decision_id, part),
    FOREIGN KEY (municipality_id, decision_id) REFERENCES decision (municipality_id, id),
    FOREIGN KEY (municipality_id, entry_id) REFERENCES entry (municipality_id, id)
);
