-- Which database an artifact folder belongs to: the folder keeps this number, and a sweep leaves any other folder alone.
create table registry.artifact_store
(
    id uuid not null default gen_random_uuid(),
    only_row boolean not null primary key default true check (only_row)
);

insert into registry.artifact_store default values;
