-- What an approval of minutes was said of besides the texts of its sections: the decisions and the homework that stood then, with the
-- texts and days they had. Approvals before this were said of none.

CREATE TABLE minutes_edition_record (
    municipality_id UUID NOT NULL,
    meeting_id UUID NOT NULL,
    edition BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    item_id UUID NOT NULL,
    decision_id UUID,
    homework_id UUID,
    -- Of a decision: which of its texts.
    part TEXT NOT NULL DEFAULT '',
    -- The text as it was; none: homework about nobody, which stands with it.
    entry_id UUID,
    -- Of homework: by when.
    due_at TEXT,
    PRIMARY KEY (municipality_id, meeting_id, edition, seq),
    CHECK ((decision_id IS NULL) <> (homework_id IS NULL)),
    CHECK ((decision_id IS NULL) = (part = '')),
    CHECK ((homework_id IS NULL) = (due_at IS NULL)),
    FOREIGN KEY (municipality_id, meeting_id, edition) REFERENCES minutes_edition (municipality_id, meeting_id, edition),
    FOREIGN KEY (municipality_id, item_id) REFERENCES agenda_item (municipality_id, id),
    FOREIGN KEY (municipality_id, decision_id) REFERENCES decision (municipality_id, id),
    FOREIGN KEY (municipality_id, homework_id) REFERENCES homework (municipality_id, id),
    FOREIGN KEY (municipality_id, entry_id) REFERENCES entry (municipality_id, id)
);
