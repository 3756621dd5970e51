-- Up Migration
-- One row per rebuild that was ever asked for, and per switch back. Whoever works on one takes an advisory lock.
create table projection_rebuilds (
  id bigint generated always as identity primary key,
  name text not null,
  version int not null,
  -- That is to serve.
  generation int not null,
  kind text not null check (kind in ('rebuild', 'switch-back')),
  phase text not null default 'loading' check (phase in
    ('loading', 'indexing', 'following', 'differs', 'cancelling', 'switched', 'cancelled')),
  -- Whether to switch although old and new differ.
  accept_difference boolean not null default false,
  -- Accounts that asked for it, and that ended or accepted it.
  started_by text not null,
  started_at timestamptz not null default clock_timestamp(),
  decided_by text,
  ended_at timestamptz,
  -- Domain events taken in so far, and how many a second lately.
  done bigint not null default 0,
  per_second float8 not null default 0,
  progressed_at timestamptz,
  -- What old and new have in common and what not, once it is known.
  comparison json,
  -- Why it was last interrupted; it is tried again.
  error text
);

-- One at a time per projection.
create unique index projection_rebuilds_under_way on projection_rebuilds (name) where ended_at is null;

-- Domain events that an operator has told a projection to leave out, in every later building too.
create table skipped_events (
  name text not null,
  stream text not null,
  revision bigint not null,
  event_id uuid not null,
  type text not null,
  reason text not null,
  skipped_by text not null,
  skipped_at timestamptz not null default clock_timestamp(),
  primary key (name, stream, revision)
);

-- Where the last domain event stands that these tables show: a rebuild is level with them when it has come to that one.
alter table projection_checkpoints
  add column event_commit numeric(20),
  add column event_prepare numeric(20);
