-- Whom a session calls (R-045, R-149, R-236, R-248).

-- 本人・家族・付き添い: that they were invited to their own item, and how they were there. No name and no person: whose item it is says
-- the item, to whoever may know it.
CREATE TABLE agenda_own (
    municipality_id UUID NOT NULL,
    item_id UUID NOT NULL,
    who TEXT NOT NULL,
    came TEXT NOT NULL,
    command_id UUID NOT NULL,
    PRIMARY KEY (municipality_id, item_id, who),
    CHECK (who IN ('person', 'family', 'companion')),
    CHECK (came IN ('invited', 'room', 'online', 'writing', 'absent')),
    FOREIGN KEY (municipality_id, item_id) REFERENCES agenda_item (municipality_id, id),
    FOREIGN KEY (municipality_id, command_id) REFERENCES command (municipality_id, id)
);

-- What a member says in writing to an item about a case is an entry; to a general subject it stands in `comment`.
ALTER TABLE written_answer ADD COLUMN comment_entry_id UUID;

-- When a day or place that others had been told was changed.
ALTER TABLE meeting ADD COLUMN moved_at TEXT;
