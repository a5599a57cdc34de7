-- What is asked of all open cases of a town at once: when somebody was in contact and how much was written, and which parts of needs were
-- done. Answered from these alone, without the records and the tasks themselves.
CREATE INDEX entry_watched ON entry (municipality_id, case_id, occurred_at, form)
    WHERE field = 'support' AND state = 'valid' AND matter_id IS NULL;
CREATE INDEX task_part_done ON task (municipality_id, case_id, ended_at)
    WHERE kind IN ('take_part', 'hear_part') AND state = 'done';
