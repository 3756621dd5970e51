-- Up Migration
-- How far each index of the search has been fed with documents. An index that was lost and made anew has another id.
create table search_index_progress (
  engine text not null,
  index_set text not null,
  index_id text not null,
  commit_position numeric(20) not null,
  prepare_position numeric(20) not null,
  event_id text not null,
  updated_at timestamptz not null default clock_timestamp(),
  primary key (engine, index_set)
);

-- Which set of its tables the search in Postgres asks.
create table search_index_serving (
  only_one boolean primary key default true check (only_one),
  index_set text not null
);

-- Signs the cursors of searches, so that a made-up one is known. The same for every node.
create table search_cursor_key (
  only_one boolean primary key default true check (only_one),
  key text not null
);
insert into search_cursor_key (key) values (gen_random_uuid()::text || gen_random_uuid()::text);

-- Only the search in Postgres needs them: where they cannot be made, it says so when it is opened.
do $$ begin
  create extension if not exists pg_trgm;
  create extension if not exists cube;
  create extension if not exists earthdistance;
exception when others then
  raise notice 'extensions for the search in Postgres: %', sqlerrm;
end $$;
