-- Pipelines, their runs, the stages of a run with what came out of them, and what was decided about every trigger.
create schema retrainer;

create table retrainer.pipelines
(
    workspace  text        not null,
    model      text        not null,
    definition text        not null,
    revision   bigint      not null check (revision > 0),
    updated_at timestamptz not null,
    primary key (workspace, model)
);

create table retrainer.runs
(
    run_id           uuid        not null primary key,
    workspace        text        not null,
    model            text        not null,
    algorithm        text        not null,
    trigger          text        not null check (trigger in ('manual', 'drift')),
    reason           text        not null,
    request_id       text,
    -- The pipeline as it was when the run started: a change later does not reach into a run under way.
    definition       text        not null,
    -- The event behind a run that drift started.
    drift            jsonb,
    -- 1 pending, 2 running, 3 succeeded, 4 failed, 5 cancelled, 6 rejected.
    state            smallint    not null check (state between 1 and 6),
    version          bigint,
    error            text        not null default '',
    cancel_requested boolean     not null default false,
    -- Whoever holds the lease works on the run; every new holder gets a higher fence, and only its writes are taken.
    fence            bigint      not null default 0,
    leased_until     timestamptz,
    due_at           timestamptz not null,
    created_at       timestamptz not null,
    ended_at         timestamptz
);

create unique index runs_one_under_way on retrainer.runs (workspace, model) where state in (1, 2);
create unique index runs_by_request on retrainer.runs (workspace, model, request_id) where request_id is not null;
create index runs_by_model on retrainer.runs (workspace, model, run_id desc);
create index runs_due on retrainer.runs (created_at) where state in (1, 2);

create table retrainer.stages
(
    run_id        uuid     not null references retrainer.runs (run_id),
    position      smallint not null,
    name          text     not null,
    state         smallint not null check (state between 1 and 6),
    -- How often it was begun.
    attempts      int      not null default 0,
    -- How often it was begun and neither ended nor given back: errors, and ends of the process in the middle.
    broken        int      not null default 0,
    -- Since when it waits for something that is not there.
    waiting_since timestamptz,
    outputs       jsonb    not null default '{}',
    error         text     not null default '',
    started_at    timestamptz,
    ended_at      timestamptz,
    primary key (run_id, position)
);

create table retrainer.artifacts
(
    run_id  uuid  not null references retrainer.runs (run_id),
    name    text  not null,
    sha256  text  not null check (sha256 ~ '^[0-9a-f]{64}$'),
    content bytea not null,
    primary key (run_id, name)
);

create table retrainer.triggers
(
    trigger_id uuid        not null primary key,
    workspace  text        not null,
    model      text        not null,
    kind       text        not null,
    subject    text        not null,
    -- The run it started; null when it started none, for the reason beside it.
    run_id     uuid references retrainer.runs (run_id),
    reason     text        not null,
    decided_at timestamptz not null
);

create index triggers_by_model on retrainer.triggers (workspace, model, decided_at desc);
