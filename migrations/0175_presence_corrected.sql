-- Presence that is corrected after something was decided on it (R-045): how it was noted before, why and by whom it was corrected, and every
-- decision that rests on it until it is confirmed or decided anew. Nothing of the decision itself changes.

CREATE TABLE presence_correction (
    municipality_id UUID NOT NULL,
    id UUID NOT NULL,
    matter_id UUID,
    -- The session whose list was corrected; none when it was the list of the matter's office.
    meeting_id UUID,
    on_day TEXT NOT NULL,
    -- Whose presence: the desk they speak for, the person, or the name of a partner without a login.
    desk_id UUID NOT NULL,
    user_id UUID,
    name TEXT NOT NULL DEFAULT '',
    was TEXT NOT NULL,
    became TEXT NOT NULL,
    why TEXT NOT NULL,
    corrected_at TEXT NOT NULL,
    command_id UUID NOT NULL,
    PRIMARY KEY (municipality_id, id),
    CHECK (matter_id IS NOT NULL OR meeting_id IS NOT NULL),
    CHECK (was <> became),
    FOREIGN KEY (municipality_id, matter_id) REFERENCES matter (municipality_id, id),
    FOREIGN KEY (municipality_id, meeting_id) REFERENCES meeting (municipality_id, id),
    FOREIGN KEY (municipality_id, desk_id) REFERENCES desk (municipality_id, id),
    FOREIGN KEY (municipality_id, user_id) REFERENCES app_user (municipality_id, id),
    FOREIGN KEY (municipality_id, command_id) REFERENCES command (municipality_id, id)
);
CREATE INDEX presence_correction_by_meeting ON presence_correction (municipality_id, meeting_id) WHERE meeting_id IS NOT NULL;

CREATE TABLE decision_doubt (
    municipality_id UUID NOT NULL,
    decision_id UUID NOT NULL,
    correction_id UUID NOT NULL,
    -- Nothing until somebody has answered.
    outcome TEXT NOT NULL DEFAULT '',
    -- The decision that was made in its place.
    anew_id UUID,
    answered_at TEXT,
    answer_command_id UUID,
    PRIMARY KEY (municipality_id, decision_id, correction_id),
    CHECK ((outcome = '') = (answered_at IS NULL)),
    CHECK ((answered_at IS NULL) = (answer_command_id IS NULL)),
    CHECK ((outcome = 'anew') = (anew_id IS NOT NULL)),
    FOREIGN KEY (municipality_id, decision_id) REFERENCES decision (municipality_id, id),
    FOREIGN KEY (municipality_id, correction_id) REFERENCES presence_correction (municipality_id, id),
    FOREIGN KEY (municipality_id, anew_id) REFERENCES decision (municipality_id, id),
    FOREIGN KEY (municipality_id, answer_command_id) REFERENCES command (municipality_id, id)
);
