-- What one desk wrote down of somebody's life must not be learned by another from being refused (disclosure rule 2): a stage stands once
-- for whoever may see the person, and once for each desk that wrote it down itself.
CREATE TABLE life_stage_of_desk (
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
    CHECK (on_day <= latest_day),
    FOREIGN KEY (municipality_id, case_id) REFERENCES case_file (municipality_id, id),
    FOREIGN KEY (municipality_id, person_id) REFERENCES person (municipality_id, id),
    FOREIGN KEY (municipality_id, desk_id) REFERENCES desk (municipality_id, id),
    FOREIGN KEY (municipality_id, task_id) REFERENCES task (municipality_id, id),
    FOREIGN KEY (municipality_id, command_id) REFERENCES command (municipality_id, id)
);
INSERT INTO life_stage_of_desk (municipality_id, id, case_id, person_id, stage, on_day, latest_day, desk_id, task_id, version, command_id)
    SELECT municipality_id, id, case_id, person_id, stage, on_day, latest_day, desk_id, task_id, version, command_id FROM life_stage;
DROP TABLE life_stage;
ALTER TABLE life_stage_of_desk RENAME TO life_stage;
CREATE INDEX life_stage_by_task ON life_stage (municipality_id, task_id);
CREATE INDEX life_stage_by_case ON life_stage (municipality_id, case_id);
CREATE UNIQUE INDEX life_stage_made_once ON life_stage (municipality_id, person_id, stage) WHERE desk_id IS NULL;
CREATE UNIQUE INDEX life_stage_written_once ON life_stage (municipality_id, person_id, stage, desk_id) WHERE desk_id IS NOT NULL;
