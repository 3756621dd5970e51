import { createHash } from 'node:crypto';
import { deserialize, serialize } from 'node:v8';
import { emptyInventory } from '../domain/seat-inventory/state.js';
import { AVAILABLE } from '../domain/seat-inventory/availability.js';
import { packReservations, unpackReservations } from './packed-reservations.js';
/** Bytes of the SHA-256 that a snapshot begins with. */ const DIGEST_BYTES = 32;
const digestOf = (packed)=>createHash('sha256').update(packed).digest();
/** In V8's own format: a cache, read by the same version of the product or thrown away. */ export function packInventory(inventory, lastEventId) {
    const { layout, rules, priceOf, salesClosed, cancelled, status, holder } = inventory;
    const packed = serialize({
        lastEventId,
        hash: layout.hash,
        rules,
        priceOf,
        salesClosed,
        cancelled,
        status,
        holder,
        reservations: packReservations(inventory)
    });
    return Buffer.concat([
        digestOf(packed),
        packed
    ]);
}
/** @throws Error when the snapshot is damaged, or its plan cannot be had; the stream is then folded from its beginning */ export async function unpackInventory(body, plans) {
    const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength).subarray(DIGEST_BYTES);
    // A flipped bit would sell a sold seat.
    if (!digestOf(bytes).equals(body.subarray(0, DIGEST_BYTES))) throw new Error('it is damaged');
    const packed = deserialize(bytes);
    const { layout } = await plans.load(packed.hash);
    const inventory = emptyInventory(layout);
    const { rules, priceOf, salesClosed, cancelled } = packed;
    Object.assign(inventory, {
        rules,
        priceOf,
        salesClosed,
        cancelled
    });
    inventory.status.set(packed.status);
    inventory.holder.set(packed.holder);
    inventory.freeInRun.fill(0);
    for(let seat = 0; seat < layout.seatCount; seat++){
        if (inventory.status[seat] === AVAILABLE) inventory.freeInRun[layout.runOf[seat]]++;
    }
    for (const reservation of unpackReservations(packed.reservations, layout))recallReservation(inventory, reservation);
    return {
        inventory,
        lastEventId: packed.lastEventId
    };
}
function recallReservation(inventory, reservation) {
    const { id, number, status, customerId, seatIds, expiresAt } = reservation;
    inventory.reservations.push(reservation);
    inventory.numberOf.set(id, number);
    if (status === 'held') {
        inventory.holds.add(number);
        inventory.deadlines.add(number, expiresAt);
    }
    if (status === 'held' || status === 'confirmed') {
        inventory.seatsOf.set(customerId, (inventory.seatsOf.get(customerId) ?? 0) + seatIds.length);
    }
}

//# sourceMappingURL=inventory-snapshot.js.map