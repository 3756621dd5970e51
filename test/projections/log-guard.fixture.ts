import { randomUUID } from 'node:crypto';
import { systemClock } from '../../src/adapters/system/clock.js';
import type { NewEvent } from '../../src/ports/event-store/event-store.js';
import { LOG_TRUST_MS } from '../../src/ports/event-store/log-identity.js';
import { restorable } from '../support/eventstoredb/eventstoredb-server.js';
import { LOGS, until, type ReadSide } from '../support/read-side.js';

export const RESTORABLE_LOGS = restorable(LOGS);

/** Reads and changes the log of a read side, and reads what its projections have received. */
export function logFixture(sideOf: () => ReadSide) {
  const size = async (): Promise<number> => {
    const { node } = sideOf();
    if (node) return node.inTest!.size();
    const { rows } = await sideOf().pool.query(
      'select max(position)::int as size from domain_events',
    );
    return (rows[0] as { size: number }).size;
  };
  /** Replacing an event store takes longer than an answer of the store is trusted. */
  const restore = async (to: number) => {
    const { node, pool, eventStore } = sideOf();
    if (node) await node.inTest!.restore(to);
    else await pool.query('delete from domain_events where position > $1', [to]);
    await systemClock.sleep(LOG_TRUST_MS);
    await until(() =>
      eventStore.ping().then(
        () => true,
        () => false,
      ),
    );
  };
  const shown = async () => {
    const { rows } = await sideOf().pool.query<{ id: string }>(
      'select reservation_id as id from reservations',
    );
    return rows.map(({ id }) => id).sort();
  };
  const identities = async () => {
    const { rows } = await sideOf().pool.query(
      `select name, event_stream, event_revision::int, event_id from projection_checkpoints
       where name in ('seat-status', 'reservations') order by name`,
    );
    return rows as {
      name: string;
      event_stream: string;
      event_revision: number;
      event_id: string;
    }[];
  };
  const clearIdentities = () =>
    sideOf().pool.query(
      'update projection_checkpoints set event_stream = null, event_revision = null, ' +
        'event_id = null',
    );
  const newEvents = (): NewEvent[] => [
    {
      ...{ id: randomUUID(), type: 'ReservationReleased' },
      data: { reservationId: 'r1', seatIds: ['A1'], releasedAt: '2026-06-11T12:00:00.000Z' },
      metadata: {
        ...{ $correlationId: 'c', $causationId: 'c', commandId: 'c', schemaVersion: 1 },
        actor: { id: 'ann', role: 'customer' },
      },
    },
  ];
  const append = (stream: string, expected: bigint | 'no-stream') =>
    sideOf().eventStore.append(stream, expected, newEvents());
  const lastOf = async (name: string) => {
    for await (const event of sideOf().eventStore.readStream(name, {
      direction: 'backwards',
      maxCount: 1,
    }))
      return event;
    throw new Error('empty');
  };
  return { size, restore, shown, identities, clearIdentities, newEvents, append, lastOf };
}
