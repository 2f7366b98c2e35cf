-- Models and their versions. Artifacts lie in the artifact store under their SHA-256; a row here is what makes one referenced.
create schema registry;

create table registry.models
(
    workspace      text        not null,
    name           text        collate "C" not null,
    latest_version bigint      not null,
    created_at     timestamptz not null,
    primary key (workspace, name)
);

create table registry.model_versions
(
    workspace     text        not null,
    model         text        not null,
    version       bigint      not null check (version > 0),
    sha256        text        not null check (sha256 ~ '^[0-9a-f]{64}$'),
    size_bytes    bigint      not null check (size_bytes > 0),
    signature     jsonb       not null,
    algorithm     text        not null,
    author        text        not null,
    description   text        not null,
    training_data text        not null,
    metrics       jsonb       not null,
    tags          jsonb       not null,
    created_at    timestamptz not null,
    primary key (workspace, model, version),
    foreign key (workspace, model) references registry.models (workspace, name),
    constraint model_versions_one_per_artifact unique (workspace, model, sha256)
);

-- Asked before an artifact is swept: does any version, of any model, still refer to it?
create index model_versions_by_artifact on registry.model_versions (sha256);

create function registry.refuse_change() returns trigger language plpgsql as
$$
begin
    raise exception 'a registered version never changes';
end
$$;

create trigger model_versions_never_change
    before update on registry.model_versions
    for each row execute function registry.refuse_change();
