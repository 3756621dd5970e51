/**
 * Time after which Postgres ends an idle transaction of Boxoffice: an open transaction that has
 * written keeps the whole log of a Postgres event store from being read further. Milliseconds.
 */
export const IDLE_IN_TRANSACTION_MS = 10_000;
