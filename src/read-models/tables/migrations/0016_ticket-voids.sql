-- Up Migration
-- One row per ticket whose validity is not certain yet: a refund or exchange has made it void, or its seat
-- has come back in an exchange. A process checks the inventory and deletes the row. The table belongs to no read model: the
-- projection of the tickets inserts rows, and a row that is inserted again is only checked again.
create table ticket_voids (
  event_id text collate "C" not null,
  reservation_id text collate "C" not null,
  seat_id text not null,
  -- When the process may check: by then the request that made the ticket void should have finished.
  due_at timestamptz not null,
  primary key (event_id, reservation_id, seat_id)
);

create index on ticket_voids (due_at);
