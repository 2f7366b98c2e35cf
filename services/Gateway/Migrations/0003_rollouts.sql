-- state as in modelops.gateway.v1.RolloutState: 1 loading, 2 progressing, 3 promoted, 4 rolled back, 5 aborted.
CREATE TABLE rollouts (
    rollout_id        uuid             PRIMARY KEY,
    workspace         text             NOT NULL,
    environment       text             NOT NULL,
    model             text             NOT NULL,
    baseline_version  bigint           NOT NULL CHECK (baseline_version >= 1),
    baseline_sha256   text             NOT NULL CHECK (baseline_sha256 ~ '^[0-9a-f]{64}$'),
    candidate_version bigint           NOT NULL CHECK (candidate_version >= 1 AND candidate_version <> baseline_version),
    candidate_sha256  text             NOT NULL CHECK (candidate_sha256 ~ '^[0-9a-f]{64}$'),
    state             smallint         NOT NULL CHECK (state BETWEEN 1 AND 5),
    weight            double precision NOT NULL CHECK (weight BETWEEN 0 AND 100),
    reason            text             NOT NULL,
    revision          bigint           NOT NULL, -- of the rollout; a decision is made on one and applies to no other
    started_by        text             NOT NULL,
    create_time       timestamptz      NOT NULL,
    step_time         timestamptz      NOT NULL,
    breach_time       timestamptz,
    end_time          timestamptz      CHECK ((end_time IS NULL) = (state IN (1, 2)))
);

CREATE UNIQUE INDEX rollouts_one_at_a_time ON rollouts (workspace, environment, model) WHERE state IN (1, 2);
CREATE INDEX rollouts_by_model ON rollouts (workspace, environment, model, rollout_id);

-- The statistics are those the step was decided on; the last step is compared with the baseline of the one before.
CREATE TABLE rollout_steps (
    rollout_id uuid             NOT NULL REFERENCES rollouts,
    position   integer          NOT NULL,
    weight     double precision NOT NULL,
    time       timestamptz      NOT NULL,
    reason     text             NOT NULL,
    baseline   jsonb,
    candidate  jsonb,
    PRIMARY KEY (rollout_id, position)
);

CREATE TABLE rollout_policies (
    workspace                   text               NOT NULL,
    environment                 text               NOT NULL,
    model                       text               NOT NULL,
    automatic                   boolean            NOT NULL,
    steps                       double precision[] NOT NULL CHECK (cardinality(steps) BETWEEN 1 AND 100),
    step_seconds                double precision   NOT NULL,
    minimum_predictions         bigint             NOT NULL,
    minimum_labels              bigint             NOT NULL,
    maximum_error_rate          double precision   NOT NULL,
    maximum_latency_p99_seconds double precision   NOT NULL,
    log_loss_margin             double precision   NOT NULL,
    brier_margin                double precision   NOT NULL,
    timeout_seconds             double precision   NOT NULL,
    update_time                 timestamptz        NOT NULL,
    updated_by                  text               NOT NULL,
    PRIMARY KEY (workspace, environment, model)
);

-- Versions that reached the stage staging and were not rolled out yet.
CREATE TABLE rollout_wishes (
    workspace   text        NOT NULL,
    environment text        NOT NULL,
    model       text        NOT NULL,
    version     bigint      NOT NULL CHECK (version >= 1),
    create_time timestamptz NOT NULL,
    PRIMARY KEY (workspace, environment, model, version)
);
