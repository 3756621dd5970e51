-- Up Migration
-- The tables of one version can be built again beside those that serve: each such set is a generation of the version.
-- Tables of the first keep their names (`reservations_v1`), later ones carry the generation (`reservations_v1_g2`).
alter table projections add column serving_generation int not null default 1;

alter table projection_checkpoints
  add column generation int not null default 1,
  -- `live`: the runner feeds it. `building`: a rebuild does. `kept`: nobody does; it served before, and can again.
  add column role text not null default 'live' check (role in ('live', 'building', 'kept')),
  -- How old the oldest domain event of the last batch was when it was written. Milliseconds.
  add column lag_ms float8,
  drop constraint projection_checkpoints_pkey,
  add primary key (name, version, generation);

create unique index projection_checkpoints_live on projection_checkpoints (name, version) where role = 'live';

alter table parked_events
  add column generation int not null default 1,
  drop constraint parked_events_pkey,
  add primary key (name, version, generation, stream, revision);

drop index parked_events_failed;
create index parked_events_failed on parked_events (name, version, generation, stream) where error is not null;

-- How far those tables have come that queries see.
create view serving_checkpoints as
  select c.* from projections p join projection_checkpoints c
    on c.name = p.name and c.version = p.serving_version and c.generation = p.serving_generation;
