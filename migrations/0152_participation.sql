-- 参加支援 (R-102): what a person wishes, matched with a place: the place is asked, tried, settled in, or not. The words are entries like
-- any other text; the rows here hold persons, desks, places of the register, states, days and codes. Steps are never rewritten: one that was
-- wrong is taken back and kept.

CREATE TABLE participation (
    municipality_id UUID NOT NULL,
    id UUID NOT NULL,
    case_id UUID NOT NULL,
    person_id UUID NOT NULL,
    -- What they wish, and what they are good at: in their own words, as first written; a correction of an entry is followed.
    wish_entry_id UUID NOT NULL,
    strength_entry_id UUID,
    -- The 参加支援 plan it belongs to, if there is one: support without a plan stays possible.
    plan_id UUID,
    -- Who coordinates. Passes on with the work of a desk that ends.
    desk_id UUID NOT NULL,
    state TEXT NOT NULL,
    -- The need on the board that says what the town lacks, where there was no place.
    need_id UUID,
    version BIGINT NOT NULL DEFAULT 1,
    command_id UUID NOT NULL,
    PRIMARY KEY (municipality_id, id),
    CHECK (state IN ('proposed', 'asked', 'trial', 'settled', 'ended', 'unmet')),
    FOREIGN KEY (municipality_id, case_id) REFERENCES case_file (municipality_id, id),
    FOREIGN KEY (municipality_id, person_id) REFERENCES person (municipality_id, id),
    FOREIGN KEY (municipality_id, wish_entry_id) REFERENCES entry (municipality_id, id),
    FOREIGN KEY (municipality_id, strength_entry_id) REFERENCES entry (municipality_id, id),
    FOREIGN KEY (municipality_id, plan_id) REFERENCES support_plan (municipality_id, id),
    FOREIGN KEY (municipality_id, desk_id) REFERENCES desk (municipality_id, id),
    FOREIGN KEY (municipality_id, need_id) REFERENCES need (municipality_id, id),
    FOREIGN KEY (municipality_id, command_id) REFERENCES command (municipality_id, id)
);
CREATE INDEX participation_by_case ON participation (municipality_id, case_id);
CREATE INDEX participation_by_desk ON participation (municipality_id, desk_id, state);

-- One step: on which day it happened, and when it was written down.
CREATE TABLE participation_step (
    municipality_id UUID NOT NULL,
    participation_id UUID NOT NULL,
    seq BIGINT NOT NULL,
    step TEXT NOT NULL,
    -- Where it led.
    state TEXT NOT NULL,
    happened_on TEXT NOT NULL,
    recorded_at TEXT NOT NULL,
    desk_id UUID NOT NULL,
    author_id UUID,
    -- The place that was asked: a desk of the register, or named in words with its contact.
    place_desk_id UUID,
    place_entry_id UUID,
    trial_on TEXT,
    trial_to TEXT,
    -- What was arranged, how it went, why not.
    entry_id UUID,
    -- By when the next step is to be taken.
    next_on TEXT,
    reason TEXT NOT NULL DEFAULT '',
    taken_back_at TEXT,
    taken_back_command_id UUID,
    command_id UUID NOT NULL,
    PRIMARY KEY (municipality_id, participation_id, seq),
    CHECK ((taken_back_at IS NULL) = (taken_back_command_id IS NULL)),
    CHECK (trial_to IS NULL OR trial_on IS NOT NULL),
    FOREIGN KEY (municipality_id, participation_id) REFERENCES participation (municipality_id, id),
    FOREIGN KEY (municipality_id, desk_id) REFERENCES desk (municipality_id, id),
    FOREIGN KEY (municipality_id, author_id) REFERENCES app_user (municipality_id, id),
    FOREIGN KEY (municipality_id, place_desk_id) REFERENCES desk (municipality_id, id),
    FOREIGN KEY (municipality_id, place_entry_id) REFERENCES entry (municipality_id, id),
    FOREIGN KEY (municipality_id, entry_id) REFERENCES entry (municipality_id, id),
    FOREIGN KEY (municipality_id, taken_back_command_id) REFERENCES command (municipality_id, id),
    FOREIGN KEY (municipality_id, command_id) REFERENCES command (municipality_id, id)
);
