-- Versions that are held beside the one deployed, for requests that name them: their numbers, and in the same order their artifacts.
ALTER TABLE deployments
    ADD COLUMN pinned_versions bigint[] NOT NULL DEFAULT '{}',
    ADD COLUMN pinned_sha256   text[]   NOT NULL DEFAULT '{}',
    ADD CHECK (cardinality(pinned_versions) = cardinality(pinned_sha256));
