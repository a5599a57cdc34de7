-- What an approval of minutes was said of besides texts and records: who was there and how, and when the next session was to be (decision
-- 0035). Ids, codes and times: names stand where they stood. And how what goes round was brought to a partner without a login, apart from
-- how was heard that it was told there.

-- That it was kept; none: an approval of before, whose attendance was corrected before this step.
CREATE TABLE minutes_edition_session (
    municipality_id UUID NOT NULL,
    meeting_id UUID NOT NULL,
    edition BIGINT NOT NULL,
    next_id UUID,
    next_starts_at TEXT,
    next_ends_at TEXT,
    PRIMARY KEY (municipality_id, meeting_id, edition),
    CHECK ((next_id IS NULL) = (next_starts_at IS NULL)),
    CHECK ((next_id IS NULL) = (next_ends_at IS NULL)),
    FOREIGN KEY (municipality_id, meeting_id, edition) REFERENCES minutes_edition (municipality_id, meeting_id, edition),
    FOREIGN KEY (municipality_id, next_id) REFERENCES meeting (municipality_id, id)
);

CREATE TABLE minutes_edition_attendance (
    municipality_id UUID NOT NULL,
    meeting_id UUID NOT NULL,
    edition BIGINT NOT NULL,
    invitee_id UUID NOT NULL,
    -- Empty: it was not noted how they were there.
    attendance TEXT NOT NULL,
    -- What they were in the body that day; empty: no member of it.
    title TEXT NOT NULL,
    PRIMARY KEY (municipality_id, meeting_id, edition, invitee_id),
    CHECK (attendance IN ('', 'room', 'online', 'substitute', 'late', 'left_early', 'absent', 'writing', 'observer', 'public')),
    CHECK (title IN ('', 'chair', 'vice_chair', 'member')),
    FOREIGN KEY (municipality_id, meeting_id, edition)
        REFERENCES minutes_edition_session (municipality_id, meeting_id, edition),
    FOREIGN KEY (municipality_id, invitee_id) REFERENCES invitee (municipality_id, id)
);

CREATE TABLE minutes_edition_own (
    municipality_id UUID NOT NULL,
    meeting_id UUID NOT NULL,
    edition BIGINT NOT NULL,
    item_id UUID NOT NULL,
    who TEXT NOT NULL,
    came TEXT NOT NULL,
    PRIMARY KEY (municipality_id, meeting_id, edition, item_id, who),
    CHECK (who IN ('person', 'family', 'companion')),
    CHECK (came IN ('invited', 'room', 'online', 'writing', 'absent')),
    FOREIGN KEY (municipality_id, meeting_id, edition)
        REFERENCES minutes_edition_session (municipality_id, meeting_id, edition),
    FOREIGN KEY (municipality_id, item_id) REFERENCES agenda_item (municipality_id, id)
);

-- While minutes stand as approved nobody corrects their attendance: of the last approval it is what stands now. Of earlier ones, and of those
-- that are being corrected, nobody can say any more.
INSERT INTO minutes_edition_session (municipality_id, meeting_id, edition, next_id, next_starts_at, next_ends_at)
    SELECT e.municipality_id, e.meeting_id, e.edition, n.id, n.starts_at, n.ends_at FROM minutes_edition e
    JOIN minutes x ON x.municipality_id = e.municipality_id AND x.meeting_id = e.meeting_id AND x.edition = e.edition
    JOIN meeting k ON k.municipality_id = e.municipality_id AND k.id = e.meeting_id
    LEFT JOIN meeting n ON n.municipality_id = k.municipality_id AND n.id = k.next_id
    WHERE x.state = 'approved';

INSERT INTO minutes_edition_attendance (municipality_id, meeting_id, edition, invitee_id, attendance, title)
    SELECT s.municipality_id, s.meeting_id, s.edition, i.id, i.attendance, COALESCE((SELECT MIN(b.title) FROM body_member b
    WHERE b.municipality_id = k.municipality_id AND b.body_id = k.body_id AND b.desk_id = i.desk_id
    AND (b.user_id = i.user_id OR (b.user_id IS NULL AND i.user_id IS NULL AND b.name = i.name))
    AND b.from_day <= SUBSTR(k.starts_at, 1, 10) AND (b.until_day IS NULL OR b.until_day >= SUBSTR(k.starts_at, 1, 10))), '')
    FROM minutes_edition_session s
    JOIN meeting k ON k.municipality_id = s.municipality_id AND k.id = s.meeting_id
    JOIN invitee i ON i.municipality_id = s.municipality_id AND i.meeting_id = s.meeting_id;

INSERT INTO minutes_edition_own (municipality_id, meeting_id, edition, item_id, who, came)
    SELECT s.municipality_id, s.meeting_id, s.edition, o.item_id, o.who, o.came FROM minutes_edition_session s
    JOIN agenda_item a ON a.municipality_id = s.municipality_id AND a.meeting_id = s.meeting_id
    JOIN agenda_own o ON o.municipality_id = a.municipality_id AND o.item_id = a.id;

ALTER TABLE circulation_desk ADD COLUMN brought_how TEXT NOT NULL DEFAULT '';
UPDATE circulation_desk SET brought_how = told_by, told_by = '' WHERE brought_at IS NOT NULL AND reported_at IS NULL;
