-- Former names are compared too: whoever has one is given new keys by the job, and looked at again.
DELETE FROM person_block WHERE EXISTS (SELECT 1 FROM former_name f WHERE f.municipality_id = person_block.municipality_id
    AND f.person_id = person_block.person_id AND f.removed_at IS NULL);
DELETE FROM same_mark;
