-- The prediction log with its labels, the windows over it, what they said, and how models are watched.
create schema monitor;

create table monitor.predictions
(
    -- Store order; rows of one model get and show their numbers in the same order, since they are stored under a lock of the model.
    position       bigint           not null generated always as identity,
    workspace      text             collate "C" not null,
    prediction_id  text             collate "C" not null,
    environment    text             collate "C" not null,
    segment        text             not null,
    model          text             collate "C" not null,
    version        bigint           not null check (version > 0),
    time           timestamptz      not null,
    event_time     timestamptz      not null,
    latency_us     bigint           not null check (latency_us >= 0),
    error          text             not null,
    entities       jsonb            not null,
    features       jsonb            not null,
    store_features jsonb            not null,
    prediction     text             not null,
    score          double precision,
    window_id      uuid             not null,
    store_time     timestamptz      not null,
    label          double precision,
    label_time     timestamptz,
    primary key (workspace, prediction_id)
) with (fillfactor = 90);

-- The pages of a model's predictions.
create index predictions_by_position on monitor.predictions (workspace, model, position);

-- The arms of a rollout.
create index predictions_by_version on monitor.predictions (workspace, model, version, time);

-- The rows of a window.
create index predictions_by_window on monitor.predictions (window_id);

-- Training sets.
create index predictions_labelled on monitor.predictions (workspace, environment, model, event_time, prediction_id) where label is not null;

-- Batches, and records of batches, that can never be stored.
create table monitor.rejected_batches
(
    position    bigint      not null generated always as identity primary key,
    batch_id    text        not null,
    reason      text        not null,
    records     int         not null,
    size_bytes  bigint      not null,
    body        bytea       not null,
    digest      bytea       not null unique,
    reject_time timestamptz not null
);

create table monitor.policies
(
    workspace           text             collate "C" not null,
    model               text             collate "C" not null,
    window_rows         bigint           not null,
    window_seconds      double precision not null,
    window_idle_seconds double precision not null,
    minimum_rows        bigint           not null,
    drifted_share       double precision not null,
    primary key (workspace, model)
);

-- States: 1 open, 2 closed, 3 assessed.
create table monitor.windows
(
    position         bigint      not null generated always as identity,
    window_id        uuid        not null primary key,
    workspace        text        collate "C" not null,
    environment      text        collate "C" not null,
    model            text        collate "C" not null,
    version          bigint      not null,
    state            smallint    not null check (state between 1 and 3),
    rows             bigint      not null,
    open_time        timestamptz not null,
    -- When the latest of its predictions was stored.
    latest_time      timestamptz not null,
    close_time       timestamptz,
    first_event_time timestamptz not null,
    last_event_time  timestamptz not null,
    -- Drift by feature, in the order of the reference profile.
    features         jsonb       not null default '[]',
    drifted          boolean     not null default false,
    reason           text        not null default '',
    -- Not assessed before this moment: what the assessment needs was away.
    assess_after     timestamptz not null default '-infinity',
    quality          jsonb       not null default '{}',
    check ((state = 1) = (close_time is null))
);

create unique index windows_one_open on monitor.windows (workspace, environment, model, version) where state = 1;
create index windows_to_assess on monitor.windows (position) where state = 2;
create index windows_assessed on monitor.windows (position) where state = 3;
create index windows_by_model on monitor.windows (workspace, model, position);
create index windows_by_version on monitor.windows (workspace, environment, model, version, position);

-- Windows that got labels since their quality was computed.
create table monitor.windows_to_judge
(
    window_id uuid        not null primary key,
    mark_time timestamptz not null
);

create table monitor.alerts
(
    position     bigint      not null generated always as identity,
    alert_id     uuid        not null primary key,
    workspace    text        collate "C" not null,
    environment  text        collate "C" not null,
    model        text        collate "C" not null,
    version      bigint      not null,
    rule         text        not null,
    severity     text        not null,
    summary      text        not null,
    window_id    uuid        not null,
    raise_time   timestamptz not null,
    resolve_time timestamptz
);

create unique index alerts_one_open on monitor.alerts (workspace, environment, model, version, rule) where resolve_time is null;
create index alerts_by_model on monitor.alerts (workspace, model, position);
