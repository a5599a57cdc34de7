-- 宿題 of sessions, and which item of an agenda a decision belongs to (R-043, R-074, R-149; domain section 4.7). Whose homework is
-- done, late or dropped is said by its task; the words of a general item are checked for personal data, those about a case or a matter
-- are entries.

-- A decision of a matter belongs to the item under which the matter was talked over on that day.
CREATE TABLE decision_item (
    municipality_id UUID NOT NULL,
    decision_id UUID NOT NULL,
    item_id UUID NOT NULL,
    PRIMARY KEY (municipality_id, decision_id),
    FOREIGN KEY (municipality_id, decision_id) REFERENCES decision (municipality_id, id),
    FOREIGN KEY (municipality_id, item_id) REFERENCES agenda_item (municipality_id, id)
);
CREATE INDEX decision_item_by_item ON decision_item (municipality_id, item_id);

-- What was decided before there was a place for it.
INSERT INTO decision_item (municipality_id, decision_id, item_id)
SELECT d.municipality_id, d.id, i.id FROM decision d
JOIN agenda_item i ON i.municipality_id = d.municipality_id AND i.matter_id = d.matter_id
JOIN meeting k ON k.municipality_id = i.municipality_id AND k.id = i.meeting_id
WHERE i.state IN ('in_session', 'concluded', 'carried_over') AND k.state <> 'cancelled'
AND SUBSTR(k.starts_at, 1, 10) = d.decided_on
ON CONFLICT DO NOTHING;

CREATE TABLE homework (
    municipality_id UUID NOT NULL,
    id UUID NOT NULL,
    meeting_id UUID NOT NULL,
    item_id UUID NOT NULL,
    -- The desk it was given to, a person of it, or the name of somebody of a partner without a login.
    desk_id UUID NOT NULL,
    user_id UUID,
    name TEXT NOT NULL DEFAULT '',
    what TEXT NOT NULL DEFAULT '',
    entry_id UUID,
    -- 次回まで: its day follows the next session.
    by_next BOOLEAN NOT NULL DEFAULT FALSE,
    given_at TEXT NOT NULL,
    -- What came of it.
    result TEXT NOT NULL DEFAULT '',
    result_entry_id UUID,
    told_by TEXT NOT NULL DEFAULT '',
    version BIGINT NOT NULL DEFAULT 1,
    command_id UUID NOT NULL,
    PRIMARY KEY (municipality_id, id),
    CHECK ((what <> '') = (entry_id IS NULL)),
    CHECK (result = '' OR result_entry_id IS NULL),
    FOREIGN KEY (municipality_id, meeting_id) REFERENCES meeting (municipality_id, id),
    FOREIGN KEY (municipality_id, item_id) REFERENCES agenda_item (municipality_id, id),
    FOREIGN KEY (municipality_id, desk_id) REFERENCES desk (municipality_id, id),
    FOREIGN KEY (municipality_id, user_id) REFERENCES app_user (municipality_id, id),
    FOREIGN KEY (municipality_id, entry_id) REFERENCES entry (municipality_id, id),
    FOREIGN KEY (municipality_id, result_entry_id) REFERENCES entry (municipality_id, id),
    FOREIGN KEY (municipality_id, command_id) REFERENCES command (municipality_id, id)
);
CREATE INDEX homework_by_meeting ON homework (municipality_id, meeting_id);
CREATE INDEX homework_by_item ON homework (municipality_id, item_id);
