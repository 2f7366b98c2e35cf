-- Definitions and the history of feature values.
create schema features;

-- The revision of all definitions. A row and not a sequence: its lock orders the changes as they commit, so nobody sees a higher
-- revision before a lower one.
create table features.revision
(
    only_row boolean primary key default true check (only_row),
    revision bigint  not null
);
insert into features.revision (revision) values (0);

create table features.entities
(
    workspace     text        not null,
    name          text        collate "C" not null,
    join_key      text        not null,
    join_key_type smallint    not null check (join_key_type in (2, 4)),
    created_at    timestamptz not null,
    primary key (workspace, name)
);

-- One row per version. A version adds fields at the end, so rows packed by an older one stay readable.
create table features.views
(
    workspace         text        not null,
    name              text        collate "C" not null,
    version           bigint      not null check (version > 0),
    entity            text        not null,
    ttl_seconds       bigint      not null check (ttl_seconds >= 0),
    online            boolean     not null,
    event_time_column text        not null,
    field_names       text[]      not null,
    field_types       smallint[]  not null check (cardinality(field_types) = cardinality(field_names)),
    created_at        timestamptz not null,
    primary key (workspace, name, version),
    foreign key (workspace, entity) references features.entities (workspace, name)
);

-- One row per version; view_versions pins each feature to the version of its view that was current.
create table features.services
(
    workspace     text        not null,
    name          text        collate "C" not null,
    version       bigint      not null check (version > 0),
    views         text[]      not null,
    features      text[]      not null check (cardinality(features) = cardinality(views)),
    view_versions bigint[]    not null check (cardinality(view_versions) = cardinality(views)),
    created_at    timestamptz not null,
    primary key (workspace, name, version)
);

-- One row per entity and event time, kept as it came first. `entity` is the key in an order-preserving form: a number as 8 bytes,
-- big-endian with its sign flipped, a text as UTF-8. `packed` is the row as the online store has it. The primary key serves the
-- point-in-time join.
create table features.history
(
    workspace    text        collate "C" not null,
    view         text        collate "C" not null,
    entity       bytea       not null,
    event_time   timestamptz not null,
    created_time timestamptz not null,
    packed       bytea       not null,
    primary key (workspace, view, entity, event_time)
);

-- Reading a view by event time, then entity.
create index history_by_time on features.history (workspace, view, event_time, entity);
