/**
 * A transaction of ours that does nothing for this long is ended by the server: an open one that has written keeps the whole
 * log of a Postgres event store from being read further. Milliseconds.
 */
export const IDLE_IN_TRANSACTION_MS = 10_000;
