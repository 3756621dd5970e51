import { eventsProjection } from './events.js';
import { ledgerProjection } from './ledger.js';
import { paymentsProjection } from './payments.js';
import type { Projection } from './projection.js';
import { reservationsProjection } from './reservations.js';
import { searchProjection } from './search.js';
import { seatStatusProjection } from './seat-status.js';
import { ticketsProjection } from './tickets.js';
import { venuesProjection } from './venues.js';

/** All projections. Every node runs them or stands by for them. */
// The change types differ. Only the read model of each projection receives its type.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export const projections: readonly Projection<any>[] = [
  seatStatusProjection,
  reservationsProjection,
  ticketsProjection,
  eventsProjection,
  venuesProjection,
  paymentsProjection,
  ledgerProjection,
  searchProjection,
];
