-- Up Migration
-- `domain_events.transaction_id` orders the log: it is the id of the writing transaction plus this base. The base is 0 until the
-- log is restored into a cluster whose transaction ids are lower. It is then raised to the highest number stored, here and in
-- the column's default, so that new domain events come after all others.
create table log_numbering (
  only_one boolean primary key default true check (only_one),
  base bigint not null default 0,
  raised_at timestamptz
);
insert into log_numbering default values;
