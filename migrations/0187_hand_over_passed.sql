-- Which promises passed to whoever took a case up, and whose they were: a receipt that was a mistake gives them back.
CREATE TABLE hand_over_passed (
    municipality_id UUID NOT NULL,
    pack_id UUID NOT NULL,
    task_id UUID NOT NULL,
    -- NULL: nobody's.
    assignee_before UUID,
    command_id UUID NOT NULL,
    PRIMARY KEY (municipality_id, pack_id, task_id),
    FOREIGN KEY (municipality_id, pack_id) REFERENCES hand_over_pack (municipality_id, id),
    FOREIGN KEY (municipality_id, task_id) REFERENCES task (municipality_id, id),
    FOREIGN KEY (municipality_id, assignee_before) REFERENCES app_user (municipality_id, id),
    FOREIGN KEY (municipality_id, command_id) REFERENCES command (municipality_id, id)
);
