-- The search index: tokens are "desk number + pair of characters", so that a search reads only what the
-- viewer's own desks may find, and hidden text costs and reveals nothing. SQLite keeps them in FTS5,
-- PostgreSQL in a tsvector with GIN; everything else is the same.

CREATE TABLE search_doc (
    docid BIGINT GENERATED ALWAYS AS IDENTITY,
    municipality_id UUID NOT NULL,
    kind TEXT NOT NULL,
    thing_id UUID NOT NULL,
    at TEXT NOT NULL,
    grams TSVECTOR NOT NULL,
    PRIMARY KEY (municipality_id, docid),
    UNIQUE (municipality_id, kind, thing_id)
);
CREATE INDEX search_doc_grams ON search_doc USING GIN (grams);
