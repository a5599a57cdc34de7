-- A life stage that was written down wrongly (R-224): its day is corrected, or it is taken back. How it was before, by whom, when and why is
-- kept: a day and a code, no words. What was taken back stands in nobody's way: the right day can be written anew.
ALTER TABLE life_stage ADD COLUMN taken_back_at TEXT;
DROP INDEX life_stage_written_once;
CREATE UNIQUE INDEX life_stage_written_once ON life_stage (municipality_id, person_id, stage, desk_id)
    WHERE desk_id IS NOT NULL AND taken_back_at IS NULL;

CREATE TABLE life_stage_change (
    municipality_id UUID NOT NULL,
    id UUID NOT NULL,
    stage_id UUID NOT NULL,
    day_before TEXT NOT NULL,
    -- None: it was taken back.
    day_after TEXT,
    why TEXT NOT NULL,
    by_user_id UUID NOT NULL,
    changed_at TEXT NOT NULL,
    command_id UUID NOT NULL,
    PRIMARY KEY (municipality_id, id),
    CHECK (why IN ('mistyped', 'moved', 'not_coming')),
    CHECK (day_after IS NULL OR day_after <> day_before),
    -- It says what lay ahead of whom: when its stage is disposed of, it goes along.
    FOREIGN KEY (municipality_id, stage_id) REFERENCES life_stage (municipality_id, id) ON DELETE CASCADE,
    FOREIGN KEY (municipality_id, by_user_id) REFERENCES app_user (municipality_id, id),
    FOREIGN KEY (municipality_id, command_id) REFERENCES command (municipality_id, id)
);
CREATE INDEX life_stage_change_by_stage ON life_stage_change (municipality_id, stage_id, changed_at);
