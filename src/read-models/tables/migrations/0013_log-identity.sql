-- The last domain event that these tables have received, by stream, revision and id, which survive a restore.
alter table projection_checkpoints
  add column event_stream text,
  add column event_revision bigint,
  add column event_id uuid;

-- `lost`: was live until another log was accepted; it cannot be switched back to.
alter table projection_checkpoints
  drop constraint projection_checkpoints_role_check,
  add constraint projection_checkpoints_role_check check (role in ('live', 'building', 'kept', 'lost'));

-- `accept-log`: rebuilds from a different log than the one of the live tables.
alter table projection_rebuilds
  drop constraint projection_rebuilds_kind_check,
  add constraint projection_rebuilds_kind_check check (kind in ('rebuild', 'switch-back', 'accept-log'));

-- One row each time an operator accepts another log.
create table log_acceptances (
  id bigint generated always as identity primary key,
  accepted_by text not null,
  accepted_at timestamptz not null default clock_timestamp(),
  -- The missing domain events, and what was found in their place.
  cause text not null,
  -- When every read model was built from the accepted log.
  finished_at timestamptz
);

create unique index log_acceptances_under_way on log_acceptances ((true)) where finished_at is null;

-- Money and seats that the read models showed and the accepted log does not have. Never dropped: this is the only copy.
create table log_losses (
  number bigint generated always as identity unique,
  acceptance_id bigint not null references log_acceptances,
  kind text not null check (kind in ('reservation', 'payment')),
  event_id text collate "C" not null,
  reservation_id text collate "C" not null,
  customer_id text collate "C" not null,
  -- State in the read model before.
  before jsonb not null,
  -- State in the accepted log; null when the log does not have the record.
  after jsonb,
  primary key (acceptance_id, kind, event_id, reservation_id)
);
