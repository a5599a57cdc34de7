-- 「こういうケースを受けられますか」: need, urgency, area and age band, put to several desks at once (domain section 4.3). Nothing here
-- says who it is; the case is the asking desk's own and shown to it alone.

CREATE TABLE capacity_question (
    municipality_id UUID NOT NULL,
    id UUID NOT NULL,
    case_id UUID NOT NULL,
    from_desk_id UUID NOT NULL,
    from_user_id UUID,
    need TEXT NOT NULL,
    urgency TEXT NOT NULL,
    area_id UUID,
    age_band TEXT NOT NULL DEFAULT '',
    sent_at TEXT NOT NULL,
    due_at TEXT NOT NULL,
    closed_at TEXT,
    -- chosen, nobody, withdrawn.
    outcome TEXT NOT NULL DEFAULT '',
    chosen_desk_id UUID,
    version BIGINT NOT NULL DEFAULT 1,
    command_id UUID NOT NULL,
    PRIMARY KEY (municipality_id, id),
    CHECK ((closed_at IS NULL) = (outcome = '')),
    CHECK (outcome IN ('', 'chosen', 'nobody', 'withdrawn')),
    CHECK ((outcome = 'chosen') = (chosen_desk_id IS NOT NULL)),
    FOREIGN KEY (municipality_id, case_id) REFERENCES case_file (municipality_id, id),
    FOREIGN KEY (municipality_id, from_desk_id) REFERENCES desk (municipality_id, id),
    FOREIGN KEY (municipality_id, area_id) REFERENCES area (municipality_id, id),
    FOREIGN KEY (municipality_id, command_id) REFERENCES command (municipality_id, id)
);
CREATE INDEX capacity_by_sender ON capacity_question (municipality_id, from_desk_id, sent_at);
CREATE INDEX capacity_by_case ON capacity_question (municipality_id, case_id);

-- The desks it was put to, and what each said; of a partner without a login, by which way it was told.
CREATE TABLE capacity_asked (
    municipality_id UUID NOT NULL,
    question_id UUID NOT NULL,
    desk_id UUID NOT NULL,
    answer TEXT NOT NULL DEFAULT '',
    reason TEXT NOT NULL DEFAULT '',
    later_from TEXT,
    answered_at TEXT,
    told_by TEXT NOT NULL DEFAULT '',
    command_id UUID NOT NULL,
    PRIMARY KEY (municipality_id, question_id, desk_id),
    CHECK (answer IN ('', 'yes', 'no', 'later')),
    CHECK ((answer = '') = (answered_at IS NULL)),
    FOREIGN KEY (municipality_id, question_id) REFERENCES capacity_question (municipality_id, id),
    FOREIGN KEY (municipality_id, desk_id) REFERENCES desk (municipality_id, id),
    FOREIGN KEY (municipality_id, command_id) REFERENCES command (municipality_id, id)
);
CREATE INDEX capacity_asked_by_desk ON capacity_asked (municipality_id, desk_id);

-- 「かかわっている窓口があれば、連絡してほしい」 (disclosure rule 2). Who asks and how to reach them; what was typed to find somebody by is
-- not kept. A row for each desk that supports the person, read by that desk alone.
CREATE TABLE contact_request (
    municipality_id UUID NOT NULL,
    id UUID NOT NULL,
    from_desk_id UUID NOT NULL,
    from_user_id UUID,
    about TEXT NOT NULL,
    reach TEXT NOT NULL,
    sent_at TEXT NOT NULL,
    command_id UUID NOT NULL,
    PRIMARY KEY (municipality_id, id),
    FOREIGN KEY (municipality_id, from_desk_id) REFERENCES desk (municipality_id, id),
    FOREIGN KEY (municipality_id, command_id) REFERENCES command (municipality_id, id)
);

CREATE TABLE contact_target (
    municipality_id UUID NOT NULL,
    id UUID NOT NULL,
    request_id UUID NOT NULL,
    desk_id UUID NOT NULL,
    person_id UUID NOT NULL,
    -- done: they got in touch; not: they decided otherwise. Nothing of it goes back.
    outcome TEXT NOT NULL DEFAULT '',
    ended_at TEXT,
    command_id UUID NOT NULL,
    PRIMARY KEY (municipality_id, id),
    CHECK (outcome IN ('', 'done', 'not')),
    CHECK ((outcome = '') = (ended_at IS NULL)),
    FOREIGN KEY (municipality_id, request_id) REFERENCES contact_request (municipality_id, id),
    FOREIGN KEY (municipality_id, desk_id) REFERENCES desk (municipality_id, id),
    FOREIGN KEY (municipality_id, person_id) REFERENCES person (municipality_id, id),
    FOREIGN KEY (municipality_id, command_id) REFERENCES command (municipality_id, id)
);
CREATE INDEX contact_target_by_person ON contact_target (municipality_id, person_id);

-- Who is recorded under a reading, across desks: the reading alone is never enough.
CREATE INDEX person_by_reading ON person (municipality_id, reading_key);
