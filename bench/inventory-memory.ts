import { randomBytes, randomUUID } from 'node:crypto';
import { buildLayout } from '../src/domain/seating-plan/build-layout.js';
import { importSeatingPlan } from '../src/domain/seating-plan/import/import.js';
import {
  seatInventoryStream,
  type SeatInventoryEvent,
} from '../src/domain/seat-inventory/events.js';
import { evolve } from '../src/domain/seat-inventory/state/evolve.js';
import { emptyInventory } from '../src/domain/seat-inventory/state/state.js';
import { smallPlan } from '../test/support/seat-inventory/event-on-sale.js';

/** Bytes of memory that one of each takes, of one seat and a customer of its own. */
export interface InventoryMemory {
  readonly open: number;
  readonly finished: number;
  readonly sold: number;
}

const START = Date.UTC(2030, 0, 1);
const ROWS = 500;
const SEATS_PER_ROW = 200;

/**
 * Needs `--expose-gc`. Measured on `count` of each, as domain events that come from the log as
 * JSON.
 */
export function measureInventoryMemory(count: number): InventoryMemory {
  const imported = importSeatingPlan(smallPlan(ROWS, SEATS_PER_ROW));
  if (!imported.ok) throw new Error('no plan');
  const layout = buildLayout(imported.plan, 'hash');

  const grown = (endings: (reservationId: string, seatIds: string[]) => unknown[]): number => {
    const inventory = emptyInventory(layout);
    // The columns of the seats are there before, and code is compiled.
    fold(inventory, hold(0, layout.seatIds[0]!));
    const before = used();
    for (let at = 1; at <= count; at++) {
      const reserved = hold(at, layout.seatIds[at % layout.seatCount]!);
      fold(inventory, reserved);
      const { reservationId, seatIds } = reserved.data;
      for (const ending of endings(reservationId, [...seatIds])) fold(inventory, ending);
    }
    const bytes = (used() - before) / count;
    if (inventory.reservations.count !== count + 1) throw new Error('not all were folded');
    return bytes;
  };
  const at = new Date(START).toISOString();
  return {
    open: grown(() => []),
    finished: grown((reservationId, seatIds) => [
      { type: 'ReservationExpired', data: { reservationId, seatIds, expiredAt: at } },
    ]),
    sold: grown((reservationId, seatIds) => [
      { type: 'PaymentStarted', data: { reservationId, expiresAt: at, startedAt: at } },
      {
        type: 'ReservationConfirmed',
        data: {
          reservationId,
          seatIds,
          paymentReference: `pi_${randomBytes(12).toString('hex')}`,
          confirmedAt: at,
        },
      },
    ]),
  };
}

function hold(at: number, seatId: string) {
  const data = {
    reservationId: randomUUID(),
    customerId: randomUUID(),
    seatIds: [seatId],
    total: { amountMinor: 2_500, currency: 'EUR' },
    requestDigest: randomBytes(12).toString('base64url'),
    reservedAt: new Date(START + at).toISOString(),
    expiresAt: new Date(START + at + 600_000).toISOString(),
  };
  return { type: 'SeatsReserved', stream: seatInventoryStream('event'), data };
}

const fold = (inventory: Parameters<typeof evolve>[0], event: unknown) =>
  evolve(inventory, JSON.parse(JSON.stringify(event)) as SeatInventoryEvent);

function used(): number {
  const collect = (globalThis as { gc?: () => void }).gc;
  if (!collect) throw new Error('Start node with --expose-gc.');
  for (let collection = 0; collection < 3; collection++) collect();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}
