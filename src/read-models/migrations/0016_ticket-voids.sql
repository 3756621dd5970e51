-- Up Migration
-- One row per ticket of which it is not certain yet whether it is void: a refund or exchange has made it void, or its seat
-- has come back in an exchange. A process looks at the inventory and deletes the row. It belongs to no read model: the
-- projection of the tickets puts rows in, and one that is put in again is only looked at again.
create table ticket_voids (
  event_id text collate "C" not null,
  reservation_id text collate "C" not null,
  seat_id text not null,
  -- When the process may look: the request that made the ticket void has had its time by then.
  due_at timestamptz not null,
  primary key (event_id, reservation_id, seat_id)
);

create index on ticket_voids (due_at);
