-- The municipality's own words for what stands on the screens (R-188). Every wording is kept; the newest one holds, and
-- an empty one gives the program's own words back.
CREATE TABLE label_wording (
    municipality_id UUID NOT NULL REFERENCES municipality (municipality_id),
    language TEXT NOT NULL,
    -- Key of the sentence, as the text files have it.
    sentence TEXT NOT NULL,
    version BIGINT NOT NULL,
    wording TEXT NOT NULL,
    recorded_at TEXT NOT NULL,
    command_id UUID NOT NULL,
    PRIMARY KEY (municipality_id, language, sentence, version),
    FOREIGN KEY (municipality_id, command_id) REFERENCES command (municipality_id, id)
);
