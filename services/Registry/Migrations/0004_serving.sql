-- How a version wants to be served, as canonical JSON. Text, so that it comes back as it was written.
alter table registry.model_versions add column serving text not null default '{}';

-- The same artifact may be registered again to be served in another way.
alter table registry.model_versions drop constraint model_versions_one_per_artifact;
create unique index model_versions_one_per_artifact on registry.model_versions (workspace, model, sha256, md5(serving));

-- What * stands for was fixed when the view was made.
drop view registry.versions;
create view registry.versions as
select version.*, stages.stage, report.passed, report.gates, lineage.run_id, lineage.dataset_sha256, lineage.parent_version,
       lineage.feature_service, lineage.feature_service_version, profile.version is not null as has_reference_profile
from registry.model_versions version
join registry.version_stages stages using (workspace, model, version)
left join registry.governance_reports report using (workspace, model, version)
left join registry.version_lineage lineage using (workspace, model, version)
left join registry.reference_profiles profile using (workspace, model, version);
