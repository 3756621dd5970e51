import type { Clock } from '../../ports/system/clock.js';
import { placeOf, placeText } from '../../domain/seating-plan/place.js';
import type { EventQueries } from '../../read-models/event/events-queries.js';
import type { ReservationQueries } from '../../read-models/seat-inventory/reservations-queries.js';
import { untilVisible } from '../../read-models/tables/visible.js';
import type { TicketQueries, TicketView } from '../../read-models/ticket/tickets-queries.js';
import { ASKED_WAIT_MS } from '../platform/freshness.js';
import { Problem } from '../problems/problems.js';
import type { FreshReservations } from '../seat-inventory/fresh-reservations.js';
import type { Tickets } from '../ticket/tickets.js';
import type { Purchase } from './calendars.js';

/** Tickets in one calendar, newest first; older ones are long past. */
export const MAX_TICKETS = 1_000;
/** Tickets per query. */
const PAGE = 200;

export interface PurchasesParts {
  readonly events: EventQueries;
  readonly queries: TicketQueries;
  readonly tickets: Tickets;
  readonly bought: ReservationQueries;
  readonly reservations: FreshReservations;
  readonly clock: Clock;
}

export interface PurchasesQuery {
  readonly customerId: string;
  /** Only purchases of this event. */
  readonly eventId: string | undefined;
  /** Revision of the event to wait for. */
  readonly atLeast: number | undefined;
}

/**
 * Returns the customer's purchases for a calendar, one for each reservation, once the read models
 * show what this process has written for the customer.
 * @throws Problem `event-not-found`, `read-model-behind`
 */
export async function findPurchases(
  parts: PurchasesParts,
  { customerId, eventId, atLeast }: PurchasesQuery,
): Promise<Purchase[]> {
  const { reservations, queries, clock } = parts;
  if (eventId !== undefined) await reservations.waitFor(customerId, eventId, atLeast);
  await reservations.list(customerId, eventId);
  const complete = async () => (await queries.complete(customerId)) || undefined;
  await untilVisible(complete, ASKED_WAIT_MS, clock);
  const byReservation = new Map<string, TicketView[]>();
  for await (const ticket of ticketsOf(queries, customerId, eventId)) {
    const known = byReservation.get(ticket.reservationId);
    if (known) known.push(ticket);
    else byReservation.set(ticket.reservationId, [ticket]);
  }
  return Promise.all([...byReservation.values()].map((tickets) => purchaseOf(parts, tickets)));
}

async function* ticketsOf(
  queries: TicketQueries,
  customerId: string,
  eventId?: string,
): AsyncGenerator<TicketView> {
  let cursor: string | undefined;
  for (let given = 0; given < MAX_TICKETS; given += PAGE) {
    const page = await queries.ofCustomer(customerId, { limit: PAGE, cursor, eventId });
    yield* page.tickets;
    if (page.next === null) return;
    cursor = page.next;
  }
}

async function purchaseOf(
  { tickets, events, bought }: PurchasesParts,
  ofReservation: readonly TicketView[],
): Promise<Purchase> {
  const { eventId, reservationId } = ofReservation[0]!;
  const { layout } = await tickets.layoutOf(eventId);
  const [event, reservation] = await Promise.all([
    events.event(eventId),
    bought.reservation(eventId, reservationId),
  ]);
  if (!event || !reservation) throw new Problem('read-model-behind');
  const seats = ofReservation
    .filter(({ status }) => status === 'valid')
    .map(({ seatId }) => layout.indexOf.get(seatId)!)
    .sort((one, other) => one - other)
    .map((seat) => placeText(placeOf(layout, seat)));
  const { revision } = reservation;
  return { event, reservationId, seats, revision, changedAt: changedAt(ofReservation) };
}

const changedAt = (tickets: readonly TicketView[]): string =>
  tickets
    .flatMap(({ issuedAt, endedAt }) => [issuedAt, ...(endedAt === null ? [] : [endedAt])])
    .sort()
    .at(-1)!;
