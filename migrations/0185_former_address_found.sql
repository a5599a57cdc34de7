-- People are found by where they lived before, too: whoever has a former address is given new rows in the index of addresses by the job that
-- gives keys.
DELETE FROM person_block WHERE EXISTS (SELECT 1 FROM former_address f WHERE f.municipality_id = person_block.municipality_id
    AND f.person_id = person_block.person_id AND f.removed_at IS NULL);
DELETE FROM same_mark;
