-- What jobs and lists ask for is reached without going through a whole table.
-- Which stages of a person's life were told already.
CREATE INDEX life_stage_by_person ON life_stage (municipality_id, person_id, stage);
-- To whom a task about something that goes round belongs.
CREATE INDEX circulation_reader_by_task ON circulation_reader (municipality_id, task_id);
