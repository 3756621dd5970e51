import { createHash } from 'node:crypto';
import { deserialize, serialize } from 'node:v8';
import type { Reservation } from '../../../domain/seat-inventory/state/reservation.js';
import { emptyInventory, type SeatInventory } from '../../../domain/seat-inventory/state/state.js';
import { AVAILABLE } from '../../../domain/seat-inventory/state/availability.js';
import {
  packReservations,
  unpackReservations,
  type PackedReservations,
} from './packed-reservations.js';
import type { SeatingPlans } from '../../seating-plan/seating-plans.js';

/** The part of the state from which the rest is computed. */
interface PackedInventory {
  lastEventId: string;
  hash: string;
  rules: SeatInventory['rules'];
  priceOf: SeatInventory['priceOf'];
  onSaleAt: SeatInventory['onSaleAt'];
  salesEndAt: SeatInventory['salesEndAt'];
  salesClosed: boolean;
  cancelled: boolean;
  status: Uint8Array;
  holder: Uint32Array;
  reservations: PackedReservations;
}

/** Length of the SHA-256 at the start of a snapshot. */
const DIGEST_BYTES = 32;

const digestOf = (packed: Uint8Array) => createHash('sha256').update(packed).digest();

/** An inventory, and the id of its last folded domain event, which identifies the log. */
export interface Unpacked {
  readonly inventory: SeatInventory;
  readonly lastEventId: string;
}

/**
 * Packs an inventory in V8's own format. A snapshot is a cache: other versions of Boxoffice ignore
 * it.
 * @param lastEventId id of the last folded domain event
 */
export function packInventory(inventory: SeatInventory, lastEventId: string): Uint8Array {
  const { layout, rules, priceOf, onSaleAt, salesEndAt, salesClosed, cancelled, status, holder } =
    inventory;
  const packed = serialize({
    lastEventId,
    hash: layout.hash,
    rules,
    priceOf,
    onSaleAt,
    salesEndAt,
    salesClosed,
    cancelled,
    status,
    holder,
    reservations: packReservations(inventory),
  } satisfies PackedInventory);
  return Buffer.concat([digestOf(packed), packed]);
}

/** @throws Error when the snapshot is damaged, or its seating plan cannot be loaded */
export async function unpackInventory(body: Uint8Array, plans: SeatingPlans): Promise<Unpacked> {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength).subarray(DIGEST_BYTES);
  // A flipped bit could sell a sold seat again.
  if (!digestOf(bytes).equals(body.subarray(0, DIGEST_BYTES))) throw new Error('it is damaged');
  const packed = deserialize(bytes) as PackedInventory;
  const { layout } = await plans.load(packed.hash);
  const inventory = emptyInventory(layout);
  const { rules, priceOf, onSaleAt, salesEndAt, salesClosed, cancelled } = packed;
  Object.assign(inventory, { rules, priceOf, onSaleAt, salesEndAt, salesClosed, cancelled });
  inventory.status.set(packed.status);
  inventory.holder.set(packed.holder);
  inventory.freeInRun.fill(0);
  for (let seat = 0; seat < layout.seatCount; seat++) {
    if (inventory.status[seat] === AVAILABLE) inventory.freeInRun[layout.runOf[seat]!]!++;
  }
  for (const reservation of unpackReservations(packed.reservations, layout))
    addUnpacked(inventory, reservation);
  return { inventory, lastEventId: packed.lastEventId };
}

function addUnpacked(inventory: SeatInventory, reservation: Reservation): void {
  const { number, status, customerId, seatIds, expiresAt } = reservation;
  inventory.reservations.set(reservation);
  if (status === 'held') {
    inventory.holds.add(number);
    inventory.deadlines.add(number, expiresAt);
  }
  if (status === 'held' || status === 'confirmed') {
    inventory.seatsOf.set(customerId, (inventory.seatsOf.get(customerId) ?? 0) + seatIds.length);
  }
}
