-- Events that were decided and not yet confirmed by the broker. A row goes when the broker has it.
create table messaging.outbox (
    sequence bigint generated always as identity primary key,
    message_id uuid not null unique,
    aggregate text not null,
    type text not null,
    body json not null,
    trace_parent text,
    attempts integer not null default 0,
    -- Set while the row, and with it every later one of its aggregate, has to wait.
    not_before timestamptz,
    created_at timestamptz not null default clock_timestamp()
);

create index outbox_held on messaging.outbox (aggregate) where not_before is not null;

-- Messages whose effect is in this database.
create table messaging.inbox (
    consumer text not null,
    message_id uuid not null,
    accepted_at timestamptz not null default clock_timestamp(),
    primary key (consumer, message_id)
);

create index inbox_accepted_at on messaging.inbox (accepted_at);

-- Messages that nobody could handle. Inbound: queue is the queue it failed in. Outbound: queue is empty, and the event never left.
create table messaging.dead_letters (
    id uuid primary key,
    direction text not null check (direction in ('inbound', 'outbound')),
    queue text not null,
    aggregate text not null,
    message_id uuid not null,
    type text not null,
    headers json not null,
    body bytea not null,
    reason text not null,
    failures integer not null default 1,
    failed_at timestamptz not null,
    replayed_at timestamptz
);

-- A message that fails again before it was replayed is the same dead letter.
create unique index dead_letters_open on messaging.dead_letters (queue, message_id) where replayed_at is null;
create index dead_letters_replayed_at on messaging.dead_letters (replayed_at) where replayed_at is not null;
