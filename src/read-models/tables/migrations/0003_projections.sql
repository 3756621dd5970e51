-- Up Migration
-- Which version of each read model the unversioned views show.
create table projections (
  name text primary key,
  serving_version int not null,
  switched_at timestamptz not null default clock_timestamp()
);

-- How far each version has read the log. EventStoreDB's positions are unsigned 64-bit; -1/-1 is the start.
create table projection_checkpoints (
  name text not null,
  version int not null,
  commit_position numeric(20) not null default -1,
  prepare_position numeric(20) not null default -1,
  -- When the last domain event applied was recorded, by the event store's clock.
  last_event_at timestamptz,
  updated_at timestamptz not null default clock_timestamp(),
  primary key (name, version)
);

-- Domain events that a projection could not apply, and those of the same stream that wait behind them.
create table parked_events (
  name text not null,
  version int not null,
  stream text not null,
  revision bigint not null,
  event_id uuid not null,
  type text not null,
  commit_position numeric(20) not null,
  prepare_position numeric(20) not null,
  -- The whole recorded domain event, so that a retry needs no event store.
  event json not null,
  -- Why it failed; null: it only waits behind an earlier one.
  error text,
  attempts int not null,
  parked_at timestamptz not null default clock_timestamp(),
  primary key (name, version, stream, revision)
);

-- Those that failed themselves: each freezes its stream.
create index parked_events_failed on parked_events (name, version, stream) where error is not null;
