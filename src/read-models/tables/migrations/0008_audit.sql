-- Up Migration
-- What was asked and refused: no domain event tells of it. Bounded in age and in rows; kept for disputes, not for ever.
create table refused_attempts (
  id bigint generated always as identity primary key,
  event_id text collate "C" not null,
  attempted_at timestamptz not null,
  -- Of the problem that was answered.
  code text not null,
  -- Method and route.
  asked text not null,
  account_id text collate "C" not null,
  seat_ids text[] not null,
  reservation_id text collate "C",
  address_hash text not null,
  user_agent text not null,
  correlation_id text not null
);

create index refused_attempts_age on refused_attempts (attempted_at);
create index refused_attempts_account on refused_attempts (event_id, account_id);
create index refused_attempts_reservation on refused_attempts (reservation_id) where reservation_id is not null;
create index refused_attempts_seats on refused_attempts using gin (seat_ids);

-- How inventories stood at many of their revisions, so that the past need not be folded from its beginning. A cache.
create table history_snapshots (
  stream text collate "C" not null,
  fold_version int not null,
  revision bigint not null,
  body bytea not null,
  taken_at timestamptz not null default clock_timestamp(),
  primary key (stream, fold_version, revision)
);

-- It is read whole and at once: not packed again by the database.
alter table history_snapshots alter column body set storage external;

-- The ends of all streams that had changed, signed. Never altered, never removed.
create table audit_checkpoints (
  number bigint primary key,
  -- JSON as it was signed, to the byte.
  document text not null,
  signature text not null,
  kid text not null
);

create table audit_heads (
  stream text collate "C" not null,
  checkpoint bigint not null references audit_checkpoints,
  revision bigint not null,
  digest text not null,
  recorded_digest text not null,
  primary key (stream, checkpoint)
);

create index audit_heads_checkpoint on audit_heads (checkpoint, stream);
