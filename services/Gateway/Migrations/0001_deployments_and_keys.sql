-- One row per model and place. The previous version is held by the replicas until the current one is ready everywhere.
CREATE TABLE deployments (
    workspace        text        NOT NULL DEFAULT 'default',
    environment      text        NOT NULL DEFAULT 'production',
    segment          text        NOT NULL DEFAULT '',
    model            text        NOT NULL,
    version          bigint      NOT NULL CHECK (version >= 1),
    sha256           text        NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'),
    previous_version bigint      CHECK (previous_version >= 1),
    previous_sha256  text        CHECK (previous_sha256 ~ '^[0-9a-f]{64}$'),
    revision         bigint      NOT NULL,
    update_time      timestamptz NOT NULL,
    updated_by       text        NOT NULL,
    PRIMARY KEY (workspace, model, environment, segment),
    CHECK ((previous_version IS NULL) = (previous_sha256 IS NULL))
);

-- The revision of the whole desired state. A row and not a sequence: its lock orders the changes as they commit, so nobody
-- sees a higher revision before a lower one.
CREATE TABLE desired_state_revision (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    revision bigint  NOT NULL
);
INSERT INTO desired_state_revision (revision) VALUES (1);

CREATE TABLE api_keys (
    id             uuid        PRIMARY KEY,
    name           text        NOT NULL,
    hash           bytea       NOT NULL UNIQUE CHECK (octet_length(hash) = 32),
    hint           text        NOT NULL,
    scopes         text[]      NOT NULL CHECK (cardinality(scopes) > 0),
    bootstrap      boolean     NOT NULL DEFAULT false,
    create_time    timestamptz NOT NULL,
    created_by     text        NOT NULL,
    expire_time    timestamptz,
    revoke_time    timestamptz,
    last_used_time timestamptz
);
