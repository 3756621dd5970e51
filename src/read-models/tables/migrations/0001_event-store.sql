-- Up Migration
-- The embedded event store. Applied with EventStoreDB as well, where it stays empty.
-- Sequence order is not commit order, so every row keeps the transaction that wrote it.
create table domain_events (
  position bigint generated always as identity,
  transaction_id xid8 not null default pg_current_xact_id(),
  stream text not null,
  revision bigint not null,
  id uuid not null,
  type text not null,
  -- JSON as it was written, to the byte. Not of type json: that would read every document once more on its way in.
  data text not null,
  metadata text not null,
  recorded_at timestamptz not null default clock_timestamp(),
  primary key (stream, revision)
);

create unique index domain_events_log on domain_events (transaction_id, position);
