-- Up Migration
-- A cache: it may be emptied at any time.
create table snapshots (
  stream text primary key,
  revision bigint not null,
  fold_version int not null,
  body bytea not null,
  taken_at timestamptz not null default clock_timestamp()
);
