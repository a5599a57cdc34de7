-- Searches that somebody saved: words about people, so private to whoever saved them, like a draft, and gone after a year.
CREATE TABLE saved_search (
    municipality_id UUID NOT NULL,
    id UUID NOT NULL,
    author_id UUID NOT NULL,
    name TEXT NOT NULL,
    fields TEXT NOT NULL,
    saved_at TEXT NOT NULL,
    PRIMARY KEY (municipality_id, id),
    FOREIGN KEY (municipality_id, author_id) REFERENCES app_user (municipality_id, id)
);
CREATE INDEX saved_search_by_author ON saved_search (municipality_id, author_id, saved_at);
