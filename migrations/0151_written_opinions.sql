-- 書面会議: when what somebody said in writing came in, and what minutes were approved with (R-071, R-072, R-248).

-- The day it came in, where somebody else wrote it down; none: they answered here themselves, on the day of `answered_at`.
ALTER TABLE written_answer ADD COLUMN received_on TEXT;

-- Who was asked in writing about an item when minutes were approved, who had answered, and with which text. Approvals before this were said
-- of none.
CREATE TABLE minutes_edition_written (
    municipality_id UUID NOT NULL,
    meeting_id UUID NOT NULL,
    edition BIGINT NOT NULL,
    item_id UUID NOT NULL,
    invitee_id UUID NOT NULL,
    answered BOOLEAN NOT NULL,
    -- The text as it was, of what is about a case.
    entry_id UUID,
    PRIMARY KEY (municipality_id, meeting_id, edition, item_id, invitee_id),
    CHECK (answered OR entry_id IS NULL),
    FOREIGN KEY (municipality_id, meeting_id, edition) REFERENCES minutes_edition (municipality_id, meeting_id, edition),
    FOREIGN KEY (municipality_id, item_id) REFERENCES agenda_item (municipality_id, id),
    FOREIGN KEY (municipality_id, invitee_id) REFERENCES invitee (municipality_id, id),
    FOREIGN KEY (municipality_id, entry_id) REFERENCES entry (municipality_id, id)
);
