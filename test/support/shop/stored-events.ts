import { randomUUID } from 'node:crypto';
import { EVENT_STORE } from '../../../src/ports/shared/tokens.js';
import { venueStream, type VenueRegisteredData } from '../../../src/domain/venue/events.js';
import { seatInventoryStream } from '../../../src/domain/seat-inventory/events.js';
import type { DomainEvent } from '../../../src/domain/shared/domain-event.js';
import type { TestApp } from '../app.js';
import { until } from '../read-side.js';
import type { Scenarios } from './scenarios.js';

/**
 * A projection that was rebuilt, a domain event that is parked, and one that was skipped. Gives the
 * id of the parked one.
 */
export async function playProjections(app: TestApp, venueId: string): Promise<string> {
  const token = await app.token('operator', 'operator');
  const of = (path: string) => app.ask('GET', `/v1/ops/projections/venues/${path}`, { token });
  await app.ask('POST', '/v1/ops/projections/venues/rebuild', { token, body: {} });
  await until(async () => (await of('rebuild')).body.rebuild?.phase === 'switched', 30_000);
  const [skipped, parked] = [randomUUID(), randomUUID()];
  for (const id of [skipped, parked]) {
    const data = { venueId: id, location: {}, categories: [] };
    await append(app, venueStream(id), -1n, { type: 'VenueRegistered', data }, 2, id);
  }
  await until(async () => (await of('parked')).body.parked.length === 2);
  const body = { reason: `not a venue; ${venueId} is` };
  await app.ask('POST', `/v1/ops/projections/venues/parked/${skipped}/skip`, { token, body });
  await until(async () => (await of('parked')).body.parked.length === 1);
  return parked;
}

/** A venue and a refund as the first release has written them. */
export async function playOldShapes(
  { app, venueId }: Scenarios & { venueId?: string },
  eventId: string,
  sold: string,
) {
  const eventStore = app.get(EVENT_STORE);
  let venue: VenueRegisteredData | undefined;
  for await (const event of eventStore.readStream(
    venueStream(venueId ?? (await venueOf(app, eventId))),
  )) {
    venue = event.data as VenueRegisteredData;
  }
  const oldVenue = {
    ...venue!,
    venueId: randomUUID(),
    name: 'Old house',
    categories: ['Dear', 'Standard'],
  };
  await append(
    app,
    venueStream(oldVenue.venueId),
    -1n,
    { type: 'VenueRegistered', data: oldVenue },
    1,
  );

  const stream = seatInventoryStream(eventId);
  let revision = -1n;
  for await (const event of eventStore.readStream(stream, {
    direction: 'backwards',
    maxCount: 1,
  })) {
    ({ revision } = event);
  }
  const refundedAt = new Date().toISOString();
  const data = {
    reservationId: sold,
    seatIds: ['D-9', 'D-10'],
    refundReference: 're_old',
    refundedAt,
  };
  await append(app, stream, revision, { type: 'ReservationRefunded', data }, 1);
  // The settlement process refunds the money, as after any undone sale.
  const token = await app.token('operator', 'operator');
  await until(async () => {
    await app.ask('POST', `/v1/ops/payments/${sold}/settle`, { token });
    const books = await app.ask('GET', `/v1/ops/ledger/events/${eventId}`, { token });
    return books.body.totals[0].obligationsMinor === 0;
  });
}

async function venueOf(app: TestApp, eventId: string): Promise<string> {
  return (await app.ask('GET', `/v1/events/${eventId}`)).body.venueId;
}

async function append(
  app: TestApp,
  stream: string,
  before: bigint,
  { type, data }: DomainEvent,
  schemaVersion: number,
  id: string = randomUUID(),
): Promise<void> {
  const commandId = randomUUID();
  const actor = { id: 'organizer', role: 'organizer' } as const;
  const metadata = {
    $correlationId: commandId,
    $causationId: commandId,
    commandId,
    actor,
    schemaVersion,
  };
  const expected = before < 0n ? 'no-stream' : before;
  await app.get(EVENT_STORE).append(stream, expected, [{ id, type, data, metadata }]);
}
