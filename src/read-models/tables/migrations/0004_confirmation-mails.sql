-- Up Migration
-- One row per reservation that was ever confirmed: whether its mail is due, or what became of it. It belongs to no
-- projection: the tickets' puts rows in that are not there yet, and a rebuild finds them all there and mails nobody again.
create table confirmation_mails (
  event_id text collate "C" not null,
  reservation_id text collate "C" not null,
  confirmed_at timestamptz not null,
  status text not null default 'due' check (status in ('due', 'sent', 'no-address', 'too-late', 'given-up')),
  -- Tries that came to nothing.
  attempts int not null default 0,
  next_attempt_at timestamptz not null default clock_timestamp(),
  ended_at timestamptz,
  -- Why the last try failed, without the address.
  error text,
  primary key (event_id, reservation_id)
);

create index confirmation_mails_due on confirmation_mails (next_attempt_at) where status = 'due';

-- Where customers want their mail: personal data, kept here and in no domain event. Deleting a row forgets it.
create table contacts (
  customer_id text collate "C" primary key,
  email text not null,
  updated_at timestamptz not null default clock_timestamp()
);
