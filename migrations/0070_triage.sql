-- Triage (緊急の見きわめ, R-110, R-214, R-215). A triage begins from exactly one consultation, sheet or case; household and case are
-- always asked of that origin, so that a person named later, or a case opened later, is known here without being told.

-- Kinds of urgency, checklists and clocks: one text per version, as JSON. A version never changes.
CREATE TABLE triage_guide (
    municipality_id UUID NOT NULL REFERENCES municipality (municipality_id),
    version BIGINT NOT NULL,
    body TEXT NOT NULL,
    note TEXT NOT NULL DEFAULT '',
    recorded_at TEXT NOT NULL,
    command_id UUID NOT NULL,
    PRIMARY KEY (municipality_id, version),
    FOREIGN KEY (municipality_id, command_id) REFERENCES command (municipality_id, id)
);

CREATE TABLE triage (
    municipality_id UUID NOT NULL,
    id UUID NOT NULL,
    state TEXT NOT NULL,
    -- Kind and checklist as of the version it was begun under.
    kind TEXT NOT NULL,
    guide_version BIGINT NOT NULL,
    categories BIGINT NOT NULL,
    desk_id UUID NOT NULL,
    author_id UUID,
    consultation_id UUID,
    sheet_id UUID,
    case_id UUID,
    -- When the news came: the clocks run from here, in elapsed minutes.
    started_at TEXT NOT NULL,
    recorded_at TEXT NOT NULL,
    -- Counted up by judgements and their answers, never by ticks: two people tick at once.
    version BIGINT NOT NULL DEFAULT 1,
    command_id UUID NOT NULL,
    PRIMARY KEY (municipality_id, id),
    CHECK (state IN ('open', 'judged', 'confirmed', 'entered_in_error')),
    CHECK ((CASE WHEN consultation_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN sheet_id IS NULL THEN 0 ELSE 1 END)
        + (CASE WHEN case_id IS NULL THEN 0 ELSE 1 END) = 1),
    FOREIGN KEY (municipality_id, guide_version) REFERENCES triage_guide (municipality_id, version),
    FOREIGN KEY (municipality_id, desk_id) REFERENCES desk (municipality_id, id),
    FOREIGN KEY (municipality_id, consultation_id) REFERENCES consultation (municipality_id, id),
    FOREIGN KEY (municipality_id, sheet_id) REFERENCES connecting_sheet (municipality_id, id),
    FOREIGN KEY (municipality_id, case_id) REFERENCES case_file (municipality_id, id),
    FOREIGN KEY (municipality_id, command_id) REFERENCES command (municipality_id, id)
);
CREATE INDEX triage_by_desk ON triage (municipality_id, desk_id, state, started_at);
CREATE INDEX triage_by_consultation ON triage (municipality_id, consultation_id);
CREATE INDEX triage_by_sheet ON triage (municipality_id, sheet_id);
CREATE INDEX triage_by_case ON triage (municipality_id, case_id);

-- Ticks are added, never changed: the last one of an item counts, and who ticked when stays.
CREATE TABLE triage_tick (
    municipality_id UUID NOT NULL,
    id UUID NOT NULL,
    triage_id UUID NOT NULL,
    list TEXT NOT NULL,
    item BIGINT NOT NULL,
    done BOOLEAN NOT NULL,
    at TEXT NOT NULL,
    user_id UUID,
    command_id UUID NOT NULL,
    PRIMARY KEY (municipality_id, id),
    CHECK (list IN ('first', 'fact', 'check', 'clock')),
    FOREIGN KEY (municipality_id, triage_id) REFERENCES triage (municipality_id, id),
    FOREIGN KEY (municipality_id, command_id) REFERENCES command (municipality_id, id)
);
CREATE INDEX triage_tick_by_triage ON triage_tick (municipality_id, triage_id, id);

-- What was found out, in words: entries like any other, beside the item they answer.
CREATE TABLE triage_entry (
    municipality_id UUID NOT NULL,
    triage_id UUID NOT NULL,
    entry_id UUID NOT NULL,
    -- fact, or void: why it was taken back.
    role TEXT NOT NULL,
    item BIGINT,
    PRIMARY KEY (municipality_id, triage_id, entry_id),
    FOREIGN KEY (municipality_id, triage_id) REFERENCES triage (municipality_id, id),
    FOREIGN KEY (municipality_id, entry_id) REFERENCES entry (municipality_id, id)
);

-- Every judgement is kept; the last one counts.
CREATE TABLE triage_judgement (
    municipality_id UUID NOT NULL,
    triage_id UUID NOT NULL,
    seq BIGINT NOT NULL,
    outcome TEXT NOT NULL,
    scope TEXT NOT NULL,
    to_desk_id UUID,
    entry_id UUID NOT NULL,
    judged_at TEXT NOT NULL,
    judged_by UUID,
    -- The senior's answer: confirmed or returned, how, by whom, in which words.
    answer TEXT NOT NULL DEFAULT '',
    how TEXT NOT NULL DEFAULT '',
    answered_at TEXT,
    answered_by UUID,
    answer_entry_id UUID,
    command_id UUID NOT NULL,
    PRIMARY KEY (municipality_id, triage_id, seq),
    CHECK (outcome IN ('emergency', 'ordinary', 'pass_on', 'not_applicable')),
    CHECK (outcome <> 'pass_on' OR to_desk_id IS NOT NULL),
    CHECK (answer IN ('', 'confirmed', 'returned')),
    CHECK (answer = '' OR answered_at IS NOT NULL),
    -- Nobody confirms their own judgement; by word of mouth somebody else did, and it is written down.
    CHECK (answer = '' OR how = 'oral' OR answered_by <> judged_by),
    FOREIGN KEY (municipality_id, triage_id) REFERENCES triage (municipality_id, id),
    FOREIGN KEY (municipality_id, to_desk_id) REFERENCES desk (municipality_id, id),
    FOREIGN KEY (municipality_id, entry_id) REFERENCES entry (municipality_id, id),
    FOREIGN KEY (municipality_id, answer_entry_id) REFERENCES entry (municipality_id, id),
    FOREIGN KEY (municipality_id, command_id) REFERENCES command (municipality_id, id)
);

-- The promises of a triage: a step of the clock, the judgement, the confirmation.
CREATE TABLE triage_task (
    municipality_id UUID NOT NULL,
    triage_id UUID NOT NULL,
    task_id UUID NOT NULL,
    role TEXT NOT NULL,
    item BIGINT,
    PRIMARY KEY (municipality_id, triage_id, task_id),
    UNIQUE (municipality_id, task_id),
    CHECK (role IN ('step', 'judge', 'confirm')),
    FOREIGN KEY (municipality_id, triage_id) REFERENCES triage (municipality_id, id),
    FOREIGN KEY (municipality_id, task_id) REFERENCES task (municipality_id, id)
);

-- From a text to its correction; few texts are corrected.
CREATE INDEX entry_by_corrected ON entry (municipality_id, corrects_id) WHERE corrects_id IS NOT NULL;
