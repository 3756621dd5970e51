import { CommandBus } from '@nestjs/cqrs';
import type pg from 'pg';
import { POOL } from '../src/adapters/postgres/tokens.js';
import { INVENTORY_WRITERS } from '../src/commands/shared/tokens.js';
import type { Boxoffice } from '../src/app/boxoffice.js';
import type { CommandContext } from '../src/commands/shared/context.js';
import type { Outcome } from '../src/commands/seat-inventory/writer/outcome.js';
import { RegisterVenueCommand } from '../src/commands/venue/register-venue.js';
import {
  reservationRequest,
  ReserveSeatsCommand,
} from '../src/commands/seat-inventory/reserve-seats.js';
import { ScheduleEventCommand } from '../src/commands/event/schedule-event.js';
import { hall, seatIdsOf } from './hall.js';
import { percentile } from './report.js';

export interface EngineRun {
  callers: number;
  seconds: number;
  /** Reservation and sale of two seats, both durable. */
  sales: number;
  salesPerSecond: number;
  commandsPerSecond: number;
  domainEventsPerAppend: number;
  /** Milliseconds of one command, reservation or sale. */
  p50: number;
  p99: number;
  /** Milliseconds from the last sale until seat status and reservations show all of them. */
  caughtUpAfter: number;
}

/** More seats than the fastest run sells, so that the hall never ends before the time does. */
const SEATS = 240_000;

export const context = (): CommandContext => {
  const commandId = crypto.randomUUID();
  return {
    commandId,
    correlationId: commandId,
    causationId: commandId,
    actor: { id: 'bench', role: 'customer' },
  };
};

/** An event in a hall large enough; gives its id and its seats. */
export async function hotEvent(
  { app }: Boxoffice,
  seats = SEATS,
): Promise<{ eventId: string; seatIds: string[] }> {
  const bus = app.get(CommandBus);
  const place = {
    name: 'Bench hall',
    city: 'Nowhere',
    country: 'DE',
    location: { lat: 0, lon: 0 },
    timeZone: 'UTC',
  };
  const venue = await bus.execute(
    new RegisterVenueCommand({ ...place, seatingPlan: { source: hall(seats) } }, context()),
  );
  if (!venue.accepted) throw new Error(JSON.stringify(venue.rejection));
  const prices = [{ category: 'Standard', amountMinor: 5_000, currency: 'EUR' }];
  const details = { name: 'Bench', startsAt: '2030-01-01T20:00:00Z', maxSeatsPerCustomer: 100 };
  const event = await bus.execute(
    new ScheduleEventCommand({ ...details, venueId: venue.venueId, prices }, context()),
  );
  if (!event.accepted) throw new Error(JSON.stringify(event.rejection));
  return { eventId: event.eventId, seatIds: seatIdsOf(seats) };
}

/**
 * `callers` at once, each selling pair after pair of one hot event through the command bus.
 * @param ready called when the event is there, before the first sale
 */
export async function benchEngine(
  boxoffice: Boxoffice,
  callers: number,
  seconds: number,
  ready: () => Promise<void> = async () => {},
): Promise<EngineRun> {
  const { eventId, seatIds } = await hotEvent(boxoffice);
  await ready();
  const bus = boxoffice.get(CommandBus);
  const writers = boxoffice.get(INVENTORY_WRITERS);
  const before = { ...writers.stats };
  const latencies: number[] = [];
  let next = 0;
  let sales = 0;
  let revision = 0n;

  /** Sells the seats as the settlement of a captured payment does. */
  const settle = (reservationId: string) =>
    writers.execute(
      eventId,
      {
        type: 'SettlePayment',
        reservationId,
        customerId: null,
        paymentReference: 'bench',
        now: Date.now(),
      },
      context(),
    );
  const timed = async (execute: () => Promise<Outcome>) => {
    const started = performance.now();
    const outcome = await execute();
    latencies.push(performance.now() - started);
    if (!outcome.accepted) throw new Error(JSON.stringify(outcome.rejection));
    return outcome;
  };

  const started = performance.now();
  const until = started + seconds * 1_000;
  const caller = async () => {
    while (performance.now() < until && next + 2 <= seatIds.length) {
      const pair = [seatIds[next++]!, seatIds[next++]!];
      const customer = `customer-${next}`;
      const request = reservationRequest(eventId, customer, 'bench', { seatIds: pair });
      const { reservationId } = request;
      await timed(() => bus.execute(new ReserveSeatsCommand(request, context())));
      const sold = await timed(() => settle(reservationId));
      if (sold.revision > revision) revision = sold.revision;
      sales++;
    }
  };
  await Promise.all(Array.from({ length: callers }, caller));
  const elapsed = (performance.now() - started) / 1_000;
  const caughtUpAfter = await untilCaughtUp(boxoffice.get(POOL), eventId, revision);
  const { stats } = writers;
  return {
    callers,
    seconds: elapsed,
    sales,
    salesPerSecond: sales / elapsed,
    commandsPerSecond: (2 * sales) / elapsed,
    domainEventsPerAppend: (stats.events - before.events) / (stats.appends - before.appends),
    p50: percentile(latencies, 0.5),
    p99: percentile(latencies, 0.99),
    caughtUpAfter,
  };
}

/** Milliseconds until both read models of the inventory stand at `revision`. */
async function untilCaughtUp(pool: pg.Pool, eventId: string, revision: bigint): Promise<number> {
  const started = performance.now();
  for (;;) {
    const { rows } = await pool.query<{ seats: string; reservations: string }>(
      `select (select revision from inventories where event_id = $1)::text as seats,
              (select max(revision) from reservations where event_id = $1)::text as reservations`,
      [eventId],
    );
    const { seats, reservations } = rows[0]!;
    if (BigInt(seats ?? -1) >= revision && BigInt(reservations ?? -1) >= revision)
      return performance.now() - started;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
