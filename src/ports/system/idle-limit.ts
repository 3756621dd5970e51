/**
 * The server ends our transactions that are idle for this long: an open transaction that has written keeps the whole
 * log of a Postgres event store from being read further. Milliseconds.
 */
export const IDLE_IN_TRANSACTION_MS = 10_000;
