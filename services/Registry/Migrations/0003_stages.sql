-- How far each version may go. Apart from the version, which never changes.
create table registry.version_stages
(
    workspace         text        not null,
    model             text        not null,
    version           bigint      not null,
    -- 1 experimental, 2 staging, 3 production, 4 archived, 5 deprecated
    stage             smallint    not null check (stage between 1 and 5),
    was_in_production boolean     not null default false,
    changed_at        timestamptz not null,
    primary key (workspace, model, version),
    foreign key (workspace, model, version) references registry.model_versions (workspace, model, version)
);

-- Whatever the service does: a model has one version in production at most.
create unique index version_stages_one_in_production on registry.version_stages (workspace, model) where stage = 3;

insert into registry.version_stages (workspace, model, version, stage, changed_at)
select workspace, model, version, 1, created_at from registry.model_versions;

-- Every move, and every move that was not made although somebody counted on it (from and to are the same then).
create table registry.stage_changes
(
    id         bigint      generated always as identity primary key,
    workspace  text        not null,
    model      text        not null,
    version    bigint      not null,
    from_stage smallint    not null,
    to_stage   smallint    not null,
    actor      text        not null,
    reason     text        not null,
    changed_at timestamptz not null,
    foreign key (workspace, model, version) references registry.model_versions (workspace, model, version)
);

create index stage_changes_by_version on registry.stage_changes (workspace, model, version, id);

-- What the versions of a model have to keep to; without a row the default holds.
create table registry.governance_policies
(
    workspace  text        not null,
    model      text        not null,
    policy     jsonb       not null,
    updated_by text        not null,
    updated_at timestamptz not null,
    primary key (workspace, model)
);

-- What the gates said when a version was registered.
create table registry.governance_reports
(
    workspace text    not null,
    model     text    not null,
    version   bigint  not null,
    passed    boolean not null,
    gates     jsonb   not null,
    primary key (workspace, model, version),
    foreign key (workspace, model, version) references registry.model_versions (workspace, model, version)
);

-- Where a version comes from; without a row nothing was said.
create table registry.version_lineage
(
    workspace               text   not null,
    model                   text   not null,
    version                 bigint not null,
    run_id                  text   not null,
    dataset_sha256          text   not null,
    parent_version          bigint not null check (parent_version >= 0 and parent_version < version),
    feature_service         text   not null,
    feature_service_version bigint not null check (feature_service_version >= 0),
    primary key (workspace, model, version),
    foreign key (workspace, model, version) references registry.model_versions (workspace, model, version)
);

create table registry.reference_profiles
(
    workspace text   not null,
    model     text   not null,
    version   bigint not null,
    profile   bytea  not null,
    primary key (workspace, model, version),
    foreign key (workspace, model, version) references registry.model_versions (workspace, model, version)
);

-- A version with everything that is known of it.
create view registry.versions as
select version.*, stages.stage, report.passed, report.gates, lineage.run_id, lineage.dataset_sha256, lineage.parent_version,
       lineage.feature_service, lineage.feature_service_version, profile.version is not null as has_reference_profile
from registry.model_versions version
join registry.version_stages stages using (workspace, model, version)
left join registry.governance_reports report using (workspace, model, version)
left join registry.version_lineage lineage using (workspace, model, version)
left join registry.reference_profiles profile using (workspace, model, version);
