-- Up Migration
-- How far each index of the search has been fed, by the order in which documents were changed. It takes the place of
-- `search_index_progress`, which goes by the log and is left to nodes of the release before.
create table search_feed_progress (
  engine text not null,
  index_set text not null,
  index_id text not null,
  sequence bigint not null,
  updated_at timestamptz not null default clock_timestamp(),
  primary key (engine, index_set)
);
