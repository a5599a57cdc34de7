-- The language somebody chose for their screens; empty before they chose one.
ALTER TABLE app_user ADD COLUMN language TEXT NOT NULL DEFAULT '';
