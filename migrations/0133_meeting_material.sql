-- 資料 of a session (R-073): numbers, titles, versions with what was replaced on the day, materials used again. What belongs to an item about
-- nobody, or to the whole session, stands here with its file. Of a case the title is an entry and the file a file of that entry; of a
-- confidential matter the title is an entry of the matter and there is no file: what lies before its members is there and stays there.

CREATE TABLE meeting_material (
    municipality_id UUID NOT NULL,
    id UUID NOT NULL,
    meeting_id UUID NOT NULL,
    -- Empty: of the whole session.
    item_id UUID,
    -- 資料1-1, 別紙, 参考資料.
    number TEXT NOT NULL,
    kind TEXT NOT NULL,
    title TEXT NOT NULL DEFAULT '',
    title_entry_id UUID,
    -- 前年度資料の再掲: the material it is taken from.
    again_from UUID,
    ordinal BIGINT NOT NULL,
    -- Its newest version.
    version BIGINT NOT NULL DEFAULT 1,
    withdrawn_at TEXT,
    command_id UUID NOT NULL,
    PRIMARY KEY (municipality_id, id),
    CHECK (kind IN ('numbered', 'annex', 'on_day', 'reference')),
    CHECK (number <> ''),
    CHECK ((title <> '') = (title_entry_id IS NULL)),
    FOREIGN KEY (municipality_id, meeting_id) REFERENCES meeting (municipality_id, id),
    FOREIGN KEY (municipality_id, item_id) REFERENCES agenda_item (municipality_id, id),
    FOREIGN KEY (municipality_id, title_entry_id) REFERENCES entry (municipality_id, id),
    FOREIGN KEY (municipality_id, again_from) REFERENCES meeting_material (municipality_id, id),
    FOREIGN KEY (municipality_id, command_id) REFERENCES command (municipality_id, id)
);
CREATE INDEX meeting_material_meeting ON meeting_material (municipality_id, meeting_id, ordinal);

-- 差し替え: each version, when it came, whether on the day itself.
CREATE TABLE meeting_material_version (
    municipality_id UUID NOT NULL,
    material_id UUID NOT NULL,
    version BIGINT NOT NULL,
    at TEXT NOT NULL,
    on_day BOOLEAN NOT NULL,
    -- Of what is about nobody.
    file_id UUID,
    -- Of a case.
    attachment_id UUID,
    desk_id UUID NOT NULL,
    user_id UUID,
    command_id UUID NOT NULL,
    PRIMARY KEY (municipality_id, material_id, version),
    CHECK (file_id IS NULL OR attachment_id IS NULL),
    FOREIGN KEY (municipality_id, material_id) REFERENCES meeting_material (municipality_id, id),
    FOREIGN KEY (municipality_id, attachment_id) REFERENCES attachment (municipality_id, id),
    FOREIGN KEY (municipality_id, desk_id) REFERENCES desk (municipality_id, id),
    FOREIGN KEY (municipality_id, command_id) REFERENCES command (municipality_id, id)
);

-- A file that is about nobody; in parts, hexadecimal.
CREATE TABLE meeting_file (
    municipality_id UUID NOT NULL,
    id UUID NOT NULL,
    name TEXT NOT NULL,
    media_type TEXT NOT NULL,
    bytes BIGINT NOT NULL,
    sha256 TEXT NOT NULL,
    command_id UUID NOT NULL,
    PRIMARY KEY (municipality_id, id),
    CHECK (media_type IN ('application/pdf', 'image/jpeg', 'image/png')),
    FOREIGN KEY (municipality_id, command_id) REFERENCES command (municipality_id, id)
);
CREATE TABLE meeting_file_part (
    municipality_id UUID NOT NULL,
    file_id UUID NOT NULL,
    part BIGINT NOT NULL,
    content TEXT NOT NULL,
    PRIMARY KEY (municipality_id, file_id, part),
    FOREIGN KEY (municipality_id, file_id) REFERENCES meeting_file (municipality_id, id)
);
