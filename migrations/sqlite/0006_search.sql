-- The search index: tokens are "desk number + pair of characters", so that a search reads only what the
-- viewer's own desks may find, and hidden text costs and reveals nothing. SQLite keeps them in FTS5,
-- PostgreSQL in a tsvector with GIN; everything else is the same.

CREATE TABLE search_doc (
    docid INTEGER PRIMARY KEY,
    municipality_id UUID NOT NULL,
    kind TEXT NOT NULL,
    thing_id UUID NOT NULL,
    at TEXT NOT NULL,
    UNIQUE (municipality_id, kind, thing_id)
);

CREATE VIRTUAL TABLE search_grams USING fts5(
    grams, content='', contentless_delete=1, detail='none', tokenize='ascii'
);
