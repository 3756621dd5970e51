import { randomUUID } from 'node:crypto';
import { ask, type TestApp } from '../app.js';
import { EVENT, VENUE } from '../seat-inventory/event-on-sale.js';
import { twoPricePlan, TWO_PRICES } from '../payment/two-prices.js';

/** One reservation of a fixture, and its expected final state. */
export interface Expected {
  readonly scenario: string;
  readonly eventId: string;
  readonly reservationId: string;
  readonly customerId: string;
  /** `ended`: expired or released, whichever of hold expiry and cancellation comes first. */
  readonly status: 'confirmed' | 'expired' | 'released' | 'refunded' | 'ended';
  readonly seatIds: readonly string[];
  /** Amount that the provider captured and did not refund. Minor units. */
  readonly keptMinor: number;
}

/** The rest of a fixture, named for the test that continues with it. */
export interface Named {
  readonly parkedEventId: string;
  readonly canceledEvents: readonly string[];
  readonly redeemedTicketId: string;
  readonly waitingRoomEventId: string;
}

/** Far enough in the future that the events of a fixture are never over. */
const STARTS_AT = '2090-06-01T18:00:00Z';
export const ROWS = 4;
export const SEATS_PER_ROW = 10;
/** Minor units of one seat of row A, and of one of the other rows. */
export const DEAR = 4_000;
export const CHEAP = 2_500;
/** Holds that are open in a fixture are over this long after it was made. */
const HOLD_SECONDS = 120;

/** Requests by the customers and the organizer of a fixture; each throws unless it succeeds. */
export interface Scenarios {
  readonly app: TestApp;
  readonly organizer: string;
  readonly expected: Expected[];
  schedule(details?: object): Promise<string>;
  hold(eventId: string, customerId: string, seatIds: readonly string[]): Promise<string>;
  sell(
    eventId: string,
    customerId: string,
    seatIds: readonly string[],
    card?: string,
  ): Promise<string>;
  post(path: string, status: number, token: string, body?: object): Promise<Record<string, never>>;
  customerOf(reservationId: string): string;
  expect(of: Omit<Expected, 'customerId'> & { customerId?: string }): void;
}

export async function openScenarios(
  app: TestApp,
  venueId?: string,
): Promise<Scenarios & { venueId: string }> {
  const organizer = await app.token('organizer', 'organizer');
  const expected: Expected[] = [];
  const customers = new Map<string, string>();
  let requests = 0;

  const post: Scenarios['post'] = async (path, status, token, body) => {
    const headers = { 'idempotency-key': `shop-${randomUUID()}-${++requests}` };
    const reply = await ask(app.url + path, 'POST', { token, body, headers });
    if (reply.status !== status) {
      const answer = JSON.stringify(reply.body);
      throw new Error(`POST ${path}: ${reply.status} instead of ${status}: ${answer}`);
    }
    return reply.body as Record<string, never>;
  };
  const tokenOf = (customerId: string) => app.token(customerId, 'customer');

  const plan = { ...VENUE, seatingPlan: twoPricePlan(ROWS, SEATS_PER_ROW) };
  const venue = venueId ?? (await post('/v1/venues', 201, organizer, plan)).venueId!;
  const hold: Scenarios['hold'] = async (eventId, customerId, seatIds) => {
    const body = { seatIds };
    const held = await post(
      `/v1/events/${eventId}/reservations`,
      201,
      await tokenOf(customerId),
      body,
    );
    customers.set(held.reservationId!, customerId);
    return held.reservationId!;
  };
  return {
    app,
    organizer,
    expected,
    venueId: venue,
    post,
    hold,
    schedule: async (details = {}) => {
      const body = {
        ...EVENT,
        startsAt: STARTS_AT,
        holdSeconds: HOLD_SECONDS,
        prices: TWO_PRICES,
        ...details,
        venueId: venue,
      };
      return (await post('/v1/events', 201, organizer, body)).eventId!;
    },
    sell: async (eventId, customerId, seatIds, card = 'tok_success') => {
      const id = await hold(eventId, customerId, seatIds);
      const token = await tokenOf(customerId);
      const path = `/v1/events/${eventId}/reservations/${id}`;
      await post(`${path}/confirm`, 200, token, { payment: { token: card } });
      return id;
    },
    customerOf: (reservationId) => customers.get(reservationId)!,
    expect: (of) => expected.push({ customerId: customers.get(of.reservationId)!, ...of }),
  };
}

interface Mine {
  readonly status: string;
  readonly tickets: readonly { ticketId: string; code: string }[];
}

export async function mine(
  app: TestApp,
  customerId: string,
  path: string,
  id: string,
): Promise<Mine> {
  const token = await app.token(customerId, 'customer');
  return (await ask(`${app.url}${path}/reservations/${id}`, 'GET', { token })).body as Mine;
}

export const id = (eventId: string, reservationId: string) => ({ eventId, reservationId });

/** A reservation that keeps the price of its seats. */
export const paid = (...seatIds: readonly string[]) => ({
  seatIds,
  keptMinor: seatIds.reduce((sum, seat) => sum + (seat.startsWith('A') ? DEAR : CHEAP), 0),
});

/** A reservation without money, in the state in which it ends. */
export const unpaid = (
  status: Expected['status'],
  eventId: string,
  reservationId: string,
  ...seatIds: readonly string[]
) => ({ ...id(eventId, reservationId), status, seatIds, keptMinor: 0 });

/** A refunded sale. */
export const back = (eventId: string, reservationId: string, ...seatIds: readonly string[]) => ({
  ...id(eventId, reservationId),
  ...{ status: 'refunded' as const, seatIds, keptMinor: 0 },
});

export const isAsExpected = (
  { status: expected }: Expected,
  status: string | undefined,
): boolean =>
  expected === 'ended' ? status === 'expired' || status === 'released' : status === expected;
