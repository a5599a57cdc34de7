-- Pairs that wait for a second person are few among all that look alike, and are asked for on the first page of the day.
CREATE INDEX same_pair_waiting ON same_pair (municipality_id, said_by) WHERE state = 'proposed';
