-- What was changed about a task and how it stood before, so that it can be taken back (and read who moved what).
CREATE TABLE task_change (
    municipality_id UUID NOT NULL,
    -- The change is its command.
    command_id UUID NOT NULL,
    task_id UUID NOT NULL,
    user_id UUID NOT NULL,
    what TEXT NOT NULL,
    -- The task's version after the change: as long as it stands there, nobody has changed it since.
    version BIGINT NOT NULL,
    assignee_before UUID,
    due_before TEXT NOT NULL,
    reason_before TEXT NOT NULL,
    lead_told_before TEXT,
    coordinator_told_before TEXT,
    changed_at TEXT NOT NULL,
    -- The command that took it back.
    undone_by UUID,
    PRIMARY KEY (municipality_id, command_id),
    CHECK (what IN ('assign', 'postpone')),
    FOREIGN KEY (municipality_id, command_id) REFERENCES command (municipality_id, id),
    FOREIGN KEY (municipality_id, task_id) REFERENCES task (municipality_id, id),
    FOREIGN KEY (municipality_id, user_id) REFERENCES app_user (municipality_id, id),
    FOREIGN KEY (municipality_id, undone_by) REFERENCES command (municipality_id, id)
);
CREATE INDEX task_change_by_task ON task_change (municipality_id, task_id, changed_at);

-- Several tasks changed at once: what was asked, and what became of each. Every item is a command of its own.
CREATE TABLE bulk (
    municipality_id UUID NOT NULL,
    -- The command of the form.
    id UUID NOT NULL,
    user_id UUID NOT NULL,
    what TEXT NOT NULL,
    -- What was chosen: the person in charge (none: back to the desk), or day and reason.
    assignee_id UUID,
    due_at TEXT,
    reason TEXT NOT NULL DEFAULT '',
    -- The one that this one takes back.
    undoes UUID,
    -- The list it was sent from.
    came_from TEXT NOT NULL DEFAULT '',
    done_at TEXT NOT NULL,
    PRIMARY KEY (municipality_id, id),
    CHECK (what IN ('assign', 'postpone', 'undo')),
    FOREIGN KEY (municipality_id, id) REFERENCES command (municipality_id, id),
    FOREIGN KEY (municipality_id, user_id) REFERENCES app_user (municipality_id, id),
    FOREIGN KEY (municipality_id, undoes) REFERENCES bulk (municipality_id, id)
);
CREATE TABLE bulk_item (
    municipality_id UUID NOT NULL,
    bulk_id UUID NOT NULL,
    task_id UUID NOT NULL,
    position BIGINT NOT NULL,
    -- The command that did it; none where it could not be done.
    done_by UUID,
    -- Key of the sentence that says why not.
    refusal TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (municipality_id, bulk_id, task_id),
    CHECK ((done_by IS NULL) <> (refusal = '')),
    FOREIGN KEY (municipality_id, bulk_id) REFERENCES bulk (municipality_id, id),
    FOREIGN KEY (municipality_id, task_id) REFERENCES task (municipality_id, id),
    FOREIGN KEY (municipality_id, done_by) REFERENCES command (municipality_id, id)
);

-- Lists taken out as files. Made by the job of the server as the person who asked, kept for some days, fetched by
-- nobody else. What is kept for good holds no word about anybody.
CREATE TABLE export (
    municipality_id UUID NOT NULL,
    id UUID NOT NULL,
    user_id UUID NOT NULL,
    -- The appointment under which it was asked for; when it ends the file is gone for this person.
    appointment_id UUID NOT NULL,
    -- The list, its filter (codes only) and the columns, in order.
    list TEXT NOT NULL,
    query TEXT NOT NULL DEFAULT '',
    columns TEXT NOT NULL DEFAULT '',
    format TEXT NOT NULL,
    language TEXT NOT NULL,
    state TEXT NOT NULL,
    -- How often the work was begun: what brings the program down three times is not tried again.
    tries BIGINT NOT NULL DEFAULT 0,
    total BIGINT NOT NULL DEFAULT 0,
    done BIGINT NOT NULL DEFAULT 0,
    bytes BIGINT NOT NULL DEFAULT 0,
    -- Characters that CP932 does not have.
    unwritten BIGINT NOT NULL DEFAULT 0,
    -- Why it stopped, as the key of a sentence.
    reason TEXT NOT NULL DEFAULT '',
    asked_at TEXT NOT NULL,
    touched_at TEXT NOT NULL,
    kept_until TEXT,
    fetched_at TEXT,
    command_id UUID NOT NULL,
    PRIMARY KEY (municipality_id, id),
    CHECK (format IN ('csv', 'csv_cp932', 'xlsx')),
    CHECK (state IN ('waiting', 'making', 'ready', 'stopped', 'gone')),
    CHECK (state <> 'ready' OR kept_until IS NOT NULL),
    FOREIGN KEY (municipality_id, user_id) REFERENCES app_user (municipality_id, id),
    FOREIGN KEY (municipality_id, appointment_id) REFERENCES appointment (municipality_id, id),
    FOREIGN KEY (municipality_id, command_id) REFERENCES command (municipality_id, id)
);
CREATE INDEX export_by_user ON export (municipality_id, user_id, asked_at);
CREATE INDEX export_by_state ON export (municipality_id, state, touched_at);

-- The file in parts, hexadecimal; and which records with which categories each round of rows shows, so that what may
-- no longer be seen is found before the file is handed out.
CREATE TABLE export_part (
    municipality_id UUID NOT NULL,
    export_id UUID NOT NULL,
    part BIGINT NOT NULL,
    content TEXT NOT NULL,
    PRIMARY KEY (municipality_id, export_id, part),
    FOREIGN KEY (municipality_id, export_id) REFERENCES export (municipality_id, id)
);
CREATE TABLE export_shown (
    municipality_id UUID NOT NULL,
    export_id UUID NOT NULL,
    round BIGINT NOT NULL,
    records TEXT NOT NULL,
    PRIMARY KEY (municipality_id, export_id, round),
    FOREIGN KEY (municipality_id, export_id) REFERENCES export (municipality_id, id)
);
