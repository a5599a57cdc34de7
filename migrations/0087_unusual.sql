-- What somebody came to about looks that were not as usual. The findings themselves are worked out from the log each time; a
-- finding is named by its pattern, whom it points at and the day. None is ever changed: the last one counts.

CREATE TABLE unusual_review (
    municipality_id UUID NOT NULL,
    id UUID NOT NULL,
    pattern TEXT NOT NULL,
    -- A person of the staff, or a desk.
    who_id UUID NOT NULL,
    on_day TEXT NOT NULL,
    -- What it counted when it was reviewed: more since then is worth another look.
    n BIGINT NOT NULL,
    outcome TEXT NOT NULL,
    words TEXT NOT NULL DEFAULT '',
    by_user_id UUID NOT NULL,
    at TEXT NOT NULL,
    command_id UUID NOT NULL,
    PRIMARY KEY (municipality_id, id),
    CHECK (outcome IN ('reviewed', 'explained', 'handed_on')),
    FOREIGN KEY (municipality_id, by_user_id) REFERENCES app_user (municipality_id, id),
    FOREIGN KEY (municipality_id, command_id) REFERENCES command (municipality_id, id)
);
CREATE INDEX unusual_review_by_day ON unusual_review (municipality_id, on_day);
