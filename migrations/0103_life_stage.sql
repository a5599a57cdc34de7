-- 節目 (R-224): a life stage of somebody in an open case lies ahead. Made by a job from the day of birth, or written down by whoever knows of
-- it. Who sees which stage of whom is decided on the person; the row holds ids, a code and a day.

CREATE TABLE life_stage (
    municipality_id UUID NOT NULL,
    id UUID NOT NULL,
    case_id UUID NOT NULL,
    person_id UUID NOT NULL,
    stage TEXT NOT NULL,
    -- The earliest day it can be, and the last one.
    on_day TEXT NOT NULL,
    latest_day TEXT NOT NULL,
    -- The desk that wrote it down; none: the job made it.
    desk_id UUID,
    -- Its task, once it is time.
    task_id UUID,
    version BIGINT NOT NULL DEFAULT 1,
    command_id UUID NOT NULL,
    PRIMARY KEY (municipality_id, id),
    UNIQUE (municipality_id, person_id, stage),
    CHECK (on_day <= latest_day),
    FOREIGN KEY (municipality_id, case_id) REFERENCES case_file (municipality_id, id),
    FOREIGN KEY (municipality_id, person_id) REFERENCES person (municipality_id, id),
    FOREIGN KEY (municipality_id, desk_id) REFERENCES desk (municipality_id, id),
    FOREIGN KEY (municipality_id, task_id) REFERENCES task (municipality_id, id),
    FOREIGN KEY (municipality_id, command_id) REFERENCES command (municipality_id, id)
);
CREATE INDEX life_stage_by_task ON life_stage (municipality_id, task_id);
CREATE INDEX life_stage_by_case ON life_stage (municipality_id, case_id);
