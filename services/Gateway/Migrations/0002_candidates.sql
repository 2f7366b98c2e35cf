-- A rollout's candidate beside the version deployed, with its share of keys in percent; and the version that a rollout let go of, held
-- for the requests that are on their way to it.
ALTER TABLE deployments
    ADD COLUMN candidate_version bigint           CHECK (candidate_version >= 1),
    ADD COLUMN candidate_sha256  text             CHECK (candidate_sha256 ~ '^[0-9a-f]{64}$'),
    ADD COLUMN candidate_weight  double precision CHECK (candidate_weight BETWEEN 0 AND 100),
    ADD COLUMN rollout_id        uuid,
    ADD COLUMN retired_version   bigint           CHECK (retired_version >= 1),
    ADD COLUMN retired_sha256    text             CHECK (retired_sha256 ~ '^[0-9a-f]{64}$'),
    ADD CHECK (num_nulls(candidate_version, candidate_sha256, candidate_weight, rollout_id) IN (0, 4)),
    ADD CHECK (candidate_version <> version),
    ADD CHECK ((retired_version IS NULL) = (retired_sha256 IS NULL));
