-- The same person recorded twice (docs/linkage.md, decision 0022): keys by which people who look alike are found without reading
-- a town, pairs that look like one person, and what people said of them.

-- An index of our own, like the one of words: rows are made and forgotten with what is known of a person. One row for each key
-- and desk that may find the person. The keys are hashes of folded names, dates, telephones and addresses.
CREATE TABLE person_block (
    municipality_id UUID NOT NULL,
    block_key BIGINT NOT NULL,
    desk_seq BIGINT NOT NULL,
    person_id UUID NOT NULL,
    PRIMARY KEY (municipality_id, block_key, desk_seq, person_id)
);
CREATE INDEX person_block_by_person ON person_block (municipality_id, person_id, desk_seq);

-- People who are new or changed, and still to be compared.
CREATE TABLE person_due (
    municipality_id UUID NOT NULL,
    person_id UUID NOT NULL,
    PRIMARY KEY (municipality_id, person_id)
);

-- How far people recorded before there were keys have been gone through.
CREATE TABLE same_mark (
    municipality_id UUID NOT NULL REFERENCES municipality (municipality_id),
    person_id UUID NOT NULL,
    PRIMARY KEY (municipality_id)
);

-- Two records that may be of one person. A link between them is this row in the state 'same', nothing more: both records stay as
-- they were written. It counts for whoever sees both, and for nobody else (disclosure rule 2).
CREATE TABLE same_pair (
    municipality_id UUID NOT NULL,
    id UUID NOT NULL,
    person_a UUID NOT NULL,
    person_b UUID NOT NULL,
    -- found: by the job; proposed: somebody says it is one person; same: somebody else says so too; other: they are two.
    state TEXT NOT NULL DEFAULT 'found',
    found_at TEXT NOT NULL,
    -- Who said it first, and at which desk: another of its people confirms.
    said_by UUID,
    said_desk_id UUID,
    changed_at TEXT NOT NULL,
    version BIGINT NOT NULL DEFAULT 1,
    command_id UUID NOT NULL,
    PRIMARY KEY (municipality_id, id),
    CHECK (person_a < person_b),
    CHECK (state IN ('found', 'proposed', 'same', 'other')),
    CHECK ((state = 'found') = (said_by IS NULL)),
    CHECK ((said_by IS NULL) = (said_desk_id IS NULL)),
    FOREIGN KEY (municipality_id, person_a) REFERENCES person (municipality_id, id),
    FOREIGN KEY (municipality_id, person_b) REFERENCES person (municipality_id, id),
    FOREIGN KEY (municipality_id, said_desk_id) REFERENCES desk (municipality_id, id),
    FOREIGN KEY (municipality_id, command_id) REFERENCES command (municipality_id, id)
);
CREATE UNIQUE INDEX same_pair_once ON same_pair (municipality_id, person_a, person_b);
CREATE INDEX same_pair_by_other ON same_pair (municipality_id, person_b);

-- What was said of a pair, one row each time: nothing is rewritten.
CREATE TABLE same_step (
    municipality_id UUID NOT NULL,
    id UUID NOT NULL,
    pair_id UUID NOT NULL,
    step TEXT NOT NULL,
    said_at TEXT NOT NULL,
    author_id UUID NOT NULL,
    desk_id UUID NOT NULL,
    command_id UUID NOT NULL,
    PRIMARY KEY (municipality_id, id),
    CHECK (step IN ('propose', 'confirm', 'other', 'back')),
    FOREIGN KEY (municipality_id, pair_id) REFERENCES same_pair (municipality_id, id),
    FOREIGN KEY (municipality_id, desk_id) REFERENCES desk (municipality_id, id),
    FOREIGN KEY (municipality_id, command_id) REFERENCES command (municipality_id, id)
);
CREATE INDEX same_step_of_pair ON same_step (municipality_id, pair_id, said_at);
