-- A move that was said ahead (domain section 2.1: residence is dated): the new address waits here until its day and is then the address of
-- the person. That somebody will move stands among the events (person_event), written by the same command. Sealed and protected like the
-- address of now (decision 0037).
CREATE TABLE planned_move (
    municipality_id UUID NOT NULL,
    -- Those who move together were written by one command.
    command_id UUID NOT NULL,
    person_id UUID NOT NULL,
    household_id UUID NOT NULL,
    on_day TEXT NOT NULL,
    -- Empty where it is not known yet where to.
    address TEXT NOT NULL,
    address_key TEXT NOT NULL,
    -- When it came about, was changed or called off.
    ended_at TEXT,
    ended_command_id UUID,
    PRIMARY KEY (municipality_id, command_id, person_id),
    CHECK ((ended_at IS NULL) = (ended_command_id IS NULL)),
    FOREIGN KEY (municipality_id, person_id) REFERENCES person (municipality_id, id),
    FOREIGN KEY (municipality_id, household_id) REFERENCES household (municipality_id, id),
    FOREIGN KEY (municipality_id, command_id) REFERENCES command (municipality_id, id),
    FOREIGN KEY (municipality_id, ended_command_id) REFERENCES command (municipality_id, id)
);
-- One at a time.
CREATE UNIQUE INDEX planned_move_ahead ON planned_move (municipality_id, person_id) WHERE ended_at IS NULL;
CREATE INDEX planned_move_due ON planned_move (municipality_id, on_day) WHERE ended_at IS NULL;
CREATE INDEX planned_move_by_household ON planned_move (municipality_id, household_id);
