-- Somebody who was written into a household by mistake: kept, with who said so, when and why, and out of it as if they had never been in it.
-- What stood of their membership is kept beside it, and stands again when that is taken back.
CREATE TABLE person_error (
    municipality_id UUID NOT NULL,
    id UUID NOT NULL,
    person_id UUID NOT NULL,
    household_id UUID NOT NULL,
    reason TEXT NOT NULL,
    desk_id UUID NOT NULL,
    author_id UUID,
    recorded_at TEXT NOT NULL,
    command_id UUID NOT NULL,
    taken_back_at TEXT,
    taken_back_by UUID,
    taken_back_command_id UUID,
    PRIMARY KEY (municipality_id, id),
    CHECK (reason IN ('not_of_it', 'wrong_person', 'twice', 'slip')),
    CHECK ((taken_back_at IS NULL) = (taken_back_command_id IS NULL)),
    FOREIGN KEY (municipality_id, person_id) REFERENCES person (municipality_id, id),
    FOREIGN KEY (municipality_id, household_id) REFERENCES household (municipality_id, id),
    FOREIGN KEY (municipality_id, desk_id) REFERENCES desk (municipality_id, id),
    FOREIGN KEY (municipality_id, command_id) REFERENCES command (municipality_id, id),
    FOREIGN KEY (municipality_id, taken_back_command_id) REFERENCES command (municipality_id, id)
);
CREATE UNIQUE INDEX person_error_once ON person_error (municipality_id, person_id) WHERE taken_back_at IS NULL;
CREATE INDEX person_error_by_person ON person_error (municipality_id, person_id);

CREATE TABLE person_error_member (
    municipality_id UUID NOT NULL,
    error_id UUID NOT NULL,
    household_id UUID NOT NULL,
    relation TEXT NOT NULL,
    lives_together BOOLEAN NOT NULL,
    valid_from TEXT NOT NULL,
    valid_to TEXT,
    command_id UUID NOT NULL,
    PRIMARY KEY (municipality_id, error_id, household_id, valid_from),
    FOREIGN KEY (municipality_id, error_id) REFERENCES person_error (municipality_id, id),
    FOREIGN KEY (municipality_id, household_id) REFERENCES household (municipality_id, id),
    FOREIGN KEY (municipality_id, command_id) REFERENCES command (municipality_id, id)
);

-- Which of these stands, so that everything that reads people leaves them out.
ALTER TABLE person ADD COLUMN in_error_id UUID;
