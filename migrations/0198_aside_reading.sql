-- A guardian set aside by name is typed again as their name is read as well (鈴木 じろう): how it is read is kept beside the name.
ALTER TABLE guardian_set_aside ADD COLUMN guardian_reading TEXT NOT NULL DEFAULT '';
