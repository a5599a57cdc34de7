-- 続柄 of somebody who belongs to the family without being a member of the household: a nephew nobody knows the name of is drawn as one.
-- Of a member it stands with the membership.
ALTER TABLE person ADD COLUMN relation TEXT NOT NULL DEFAULT '';
