-- Up Migration
-- Signed webhooks of a payment provider that could not be matched with a payment. No domain event records them. They are
-- acknowledged once they are stored, because providers disable an endpoint that keeps refusing.
create table unmatched_payment_notices (
  provider text not null,
  -- The provider's own id: the same notice may be sent again.
  notice_id text collate "C" not null,
  problem text not null,
  -- The provider's own text.
  type text not null,
  reference text,
  event_id text,
  reservation_id text,
  amount_minor bigint,
  currency text,
  received_at timestamptz not null default clock_timestamp(),
  -- Set by an operator.
  resolved_at timestamptz,
  resolved_by text,
  primary key (provider, notice_id)
);

create index unmatched_payment_notices_open on unmatched_payment_notices (received_at) where resolved_at is null;

-- Down Migration
drop table unmatched_payment_notices;
