-- Somebody who runs a matter in the place of its secretariat, where everybody there is kept out of the household (disclosure rule 14).
-- Who named them, when, under which appointment is the command's; who ended it as well.
CREATE TABLE matter_deputy (
    municipality_id UUID NOT NULL,
    id UUID NOT NULL,
    matter_id UUID NOT NULL,
    desk_id UUID NOT NULL,
    user_id UUID NOT NULL,
    appointment_id UUID NOT NULL,
    named_at TEXT NOT NULL,
    until_at TEXT,
    until_command_id UUID,
    command_id UUID NOT NULL,
    PRIMARY KEY (municipality_id, id),
    CHECK ((until_at IS NULL) = (until_command_id IS NULL)),
    FOREIGN KEY (municipality_id, matter_id) REFERENCES matter (municipality_id, id),
    FOREIGN KEY (municipality_id, desk_id) REFERENCES desk (municipality_id, id),
    FOREIGN KEY (municipality_id, user_id) REFERENCES app_user (municipality_id, id),
    FOREIGN KEY (municipality_id, appointment_id) REFERENCES appointment (municipality_id, id),
    FOREIGN KEY (municipality_id, until_command_id) REFERENCES command (municipality_id, id),
    FOREIGN KEY (municipality_id, command_id) REFERENCES command (municipality_id, id)
);
-- One at a time.
CREATE UNIQUE INDEX matter_deputy_once ON matter_deputy (municipality_id, matter_id) WHERE until_at IS NULL;
CREATE INDEX matter_deputy_by_user ON matter_deputy (municipality_id, user_id) WHERE until_at IS NULL;
