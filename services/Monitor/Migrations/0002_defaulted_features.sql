-- Which features of a prediction took a default, since they were neither sent nor in the feature store.
alter table monitor.predictions add column defaulted_features jsonb not null default '[]';
