-- 担当の引きつぎ (R-217): what somebody carries at a desk when they leave, case by case, and who has taken it up. Words are entries of the
-- case; here stand ids and dates.

CREATE TABLE hand_over_pack (
    municipality_id UUID NOT NULL,
    id UUID NOT NULL,
    desk_id UUID NOT NULL,
    from_user_id UUID NOT NULL,
    -- The last day of whoever goes.
    last_day TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'open',
    made_at TEXT NOT NULL,
    ended_at TEXT,
    version BIGINT NOT NULL DEFAULT 1,
    command_id UUID NOT NULL,
    PRIMARY KEY (municipality_id, id),
    CHECK (state IN ('open', 'done', 'withdrawn')),
    CHECK ((state = 'open') = (ended_at IS NULL)),
    FOREIGN KEY (municipality_id, desk_id) REFERENCES desk (municipality_id, id),
    FOREIGN KEY (municipality_id, from_user_id) REFERENCES app_user (municipality_id, id),
    FOREIGN KEY (municipality_id, command_id) REFERENCES command (municipality_id, id)
);
CREATE INDEX hand_over_pack_by_desk ON hand_over_pack (municipality_id, desk_id, state, last_day);
CREATE UNIQUE INDEX hand_over_pack_open ON hand_over_pack (municipality_id, desk_id, from_user_id) WHERE state = 'open';

CREATE TABLE hand_over_item (
    municipality_id UUID NOT NULL,
    pack_id UUID NOT NULL,
    case_id UUID NOT NULL,
    to_user_id UUID,
    -- Words of advice.
    entry_id UUID,
    received_at TEXT,
    received_by UUID,
    version BIGINT NOT NULL DEFAULT 1,
    command_id UUID NOT NULL,
    PRIMARY KEY (municipality_id, pack_id, case_id),
    CHECK ((received_at IS NULL) = (received_by IS NULL)),
    FOREIGN KEY (municipality_id, pack_id) REFERENCES hand_over_pack (municipality_id, id),
    FOREIGN KEY (municipality_id, case_id) REFERENCES case_file (municipality_id, id),
    FOREIGN KEY (municipality_id, to_user_id) REFERENCES app_user (municipality_id, id),
    FOREIGN KEY (municipality_id, received_by) REFERENCES app_user (municipality_id, id),
    FOREIGN KEY (municipality_id, entry_id) REFERENCES entry (municipality_id, id),
    FOREIGN KEY (municipality_id, command_id) REFERENCES command (municipality_id, id)
);
CREATE INDEX hand_over_item_by_case ON hand_over_item (municipality_id, case_id);
