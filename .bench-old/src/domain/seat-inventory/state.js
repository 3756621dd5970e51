import { AVAILABLE, BLOCKED, RESERVED, SOLD } from './availability.js';
import { HoldDeadlines } from './hold-deadlines.js';
/** Version of this fold. Raise it whenever `evolve` or the state's shape changes: older snapshots are then ignored. */ export const SEAT_INVENTORY_FOLD_VERSION = 5;
export function emptyInventory(layout) {
    const freeInRun = new Uint16Array(layout.runStart.length - 1);
    for(let run = 0; run < freeInRun.length; run++){
        freeInRun[run] = layout.runStart[run + 1] - layout.runStart[run];
    }
    const reservations = [
        undefined
    ];
    const isSo = (number, expiresAt)=>{
        const reservation = reservations[number];
        return reservation?.status === 'held' && reservation.expiresAt === expiresAt;
    };
    return {
        layout,
        rules: undefined,
        priceOf: [],
        salesClosed: false,
        cancelled: false,
        status: new Uint8Array(layout.seatCount),
        freeInRun,
        holder: new Uint32Array(layout.seatCount),
        reservations,
        numberOf: new Map(),
        seatsOf: new Map(),
        holds: new Set(),
        deadlines: new HoldDeadlines(isSo),
        draft: undefined
    };
}
export function reservationOf(inventory, reservationId) {
    const number = inventory.numberOf.get(reservationId);
    return number === undefined ? undefined : inventory.reservations[number];
}
/** Another customer's reservation is answered like one that was never made; the system (null) finds any. */ export function findReservation({ reservationId, customerId }, inventory) {
    const reservation = reservationOf(inventory, reservationId);
    return customerId === null || reservation?.customerId === customerId ? reservation : undefined;
}
/** Whether seats were sold for this payment. */ export const wasBoughtWith = ({ paymentReference, exchanges = [] }, reference)=>paymentReference === reference || exchanges.some((exchange)=>exchange.paymentReference === reference);
/** Why this payment was turned down, if it was. */ export const turnedDownReason = ({ turnedDown = [] }, reference)=>turnedDown.find(({ paymentReference })=>paymentReference === reference)?.reason;
/** Past its time, but not yet expired in the log. `now` is milliseconds since the epoch. */ export function isOverdue(reservation, now) {
    return reservation.status === 'held' && reservation.expiresAt <= now;
}
/** All of these, oldest first. */ export function overdueHolds({ deadlines, reservations }, now) {
    return deadlines.passed(now).map((number)=>reservations[number]);
}
/** From here on every fold is recorded in the new draft, until the next one begins or `endDraft`. */ export function beginDraft(inventory) {
    return inventory.draft = [];
}
/** Folds are final again. */ export function endDraft(inventory) {
    inventory.draft = undefined;
}
/** Takes back the newest folds of a draft until `steps` (its earlier length) are left. Of two drafts, the younger goes first. */ export function takeBack(draft, steps = 0) {
    while(draft.length > steps)draft.pop()();
}
/** A later version has written it: what it means for the seats, this fold cannot know. */ export class UnknownDomainEvent extends Error {
    name = 'UnknownDomainEvent';
}
/** Folds one domain event into the inventory, in place: it is owned by one writer. @throws UnknownDomainEvent */ export function evolve(inventory, event) {
    switch(event.type){
        case 'InventoryOpened':
            return open(inventory, event.data);
        case 'SeatsReserved':
            return addReservation(inventory, event.data);
        case 'PaymentStarted':
            return change(inventory, event.data.reservationId, {
                paymentStarted: true,
                expiresAt: Date.parse(event.data.expiresAt)
            });
        case 'ReservationConfirmed':
            setSeatsOf(inventory, event.data.reservationId, SOLD);
            return change(inventory, event.data.reservationId, {
                status: 'confirmed',
                paymentReference: event.data.paymentReference,
                confirmedAt: Date.parse(event.data.confirmedAt)
            });
        case 'PaymentTurnedDown':
            return addTurnedDown(inventory, event.data);
        case 'SeatsExchanged':
            return exchange(inventory, event.data);
        case 'ReservationExpired':
            return end(inventory, event.data.reservationId, 'expired');
        case 'ReservationReleased':
            return end(inventory, event.data.reservationId, 'released');
        case 'ReservationRefunded':
            end(inventory, event.data.reservationId, 'refunded');
            return change(inventory, event.data.reservationId, {
                refundReason: event.data.reason
            });
        case 'ReservationReinstated':
            change(inventory, event.data.reservationId, {
                status: 'held',
                expiresAt: Date.parse(event.data.expiresAt)
            });
            addToCustomer(inventory, event.data.reservationId, +1);
            return setSeatsOf(inventory, event.data.reservationId, RESERVED);
        case 'SeatsBlocked':
            return setSeats(inventory, event.data.seatIds, BLOCKED, 0);
        case 'SeatsUnblocked':
            return setSeats(inventory, event.data.seatIds, AVAILABLE, 0);
        case 'SalesClosed':
            return setClosed(inventory, inventory.cancelled);
        case 'SaleCancelled':
            return setClosed(inventory, true);
        default:
            throw new UnknownDomainEvent(event.type);
    }
}
function open(inventory, rules) {
    const { rules: before, priceOf } = inventory;
    inventory.draft?.push(()=>Object.assign(inventory, {
            rules: before,
            priceOf
        }));
    inventory.rules = rules;
    const prices = new Map(rules.prices.map(({ category, amountMinor, currency })=>[
            category,
            {
                amountMinor,
                currency
            }
        ]));
    const currency = rules.prices[0]?.currency ?? 'XXX';
    inventory.priceOf = inventory.layout.categories.map(({ name })=>prices.get(name) ?? {
            amountMinor: 0,
            currency
        });
}
function setClosed(inventory, cancelled) {
    const { salesClosed, cancelled: before } = inventory;
    inventory.draft?.push(()=>Object.assign(inventory, {
            salesClosed,
            cancelled: before
        }));
    Object.assign(inventory, {
        salesClosed: true,
        cancelled
    });
}
function addReservation(inventory, data) {
    const number = inventory.reservations.length;
    inventory.draft?.push(()=>{
        inventory.reservations.length = number;
        inventory.numberOf.delete(data.reservationId);
        inventory.holds.delete(number);
    });
    const expiresAt = Date.parse(data.expiresAt);
    inventory.reservations.push({
        id: data.reservationId,
        number,
        customerId: data.customerId,
        seatIds: asInPlan(inventory, data.seatIds),
        status: 'held',
        total: data.total,
        requestDigest: data.requestDigest,
        reservedAt: Date.parse(data.reservedAt),
        expiresAt,
        paymentStarted: false
    });
    inventory.numberOf.set(data.reservationId, number);
    inventory.holds.add(number);
    inventory.deadlines.add(number, expiresAt);
    addToCustomer(inventory, data.reservationId, +1);
    setSeats(inventory, data.seatIds, RESERVED, number);
}
/** Names as the plan has them: a reservation is kept for good, and needs no copy of each that the log has brought. */ function asInPlan({ layout }, seatIds) {
    return seatIds.map((seatId)=>{
        const seat = layout.indexOf.get(seatId);
        if (seat === undefined) throw new Error(`The log names seat ${seatId}, which the plan does not have.`);
        return layout.seatIds[seat];
    });
}
/** Expired, released or refunded: the seats are anybody's again. */ function end(inventory, reservationId, status) {
    setSeatsOf(inventory, reservationId, AVAILABLE);
    addToCustomer(inventory, reservationId, -1);
    change(inventory, reservationId, {
        status
    });
}
function change(inventory, reservationId, changes) {
    const before = known(inventory, reservationId);
    const after = {
        ...before,
        ...changes
    };
    setReservation(inventory, after);
    inventory.draft?.push(()=>setReservation(inventory, before));
}
function setReservation({ reservations, holds, deadlines }, reservation) {
    const { number, status, expiresAt } = reservation;
    reservations[number] = reservation;
    if (status === 'held') {
        holds.add(number);
        deadlines.add(number, expiresAt);
    } else holds.delete(number);
}
function addTurnedDown(inventory, { reservationId, paymentReference, reason }) {
    const { turnedDown = [] } = known(inventory, reservationId);
    change(inventory, reservationId, {
        turnedDown: [
            ...turnedDown,
            {
                paymentReference,
                reason
            }
        ]
    });
}
/** The old seats are given back before the new ones are taken, so that what is in both stays sold. */ function exchange(inventory, data) {
    const { reservationId, seatIds, total, fromTotal, paymentReference } = data;
    const { exchanges = [] } = known(inventory, reservationId);
    const dueBackMinor = Math.max(0, fromTotal.amountMinor - total.amountMinor);
    setSeatsOf(inventory, reservationId, AVAILABLE);
    addToCustomer(inventory, reservationId, -1);
    change(inventory, reservationId, {
        seatIds: asInPlan(inventory, seatIds),
        total,
        exchanges: [
            ...exchanges,
            {
                paymentReference,
                dueBackMinor
            }
        ]
    });
    addToCustomer(inventory, reservationId, +1);
    setSeatsOf(inventory, reservationId, SOLD);
}
function addToCustomer(inventory, reservationId, sign) {
    const { customerId, seatIds } = known(inventory, reservationId);
    const { seatsOf } = inventory;
    const before = seatsOf.get(customerId) ?? 0;
    const put = (count)=>count > 0 ? seatsOf.set(customerId, count) : seatsOf.delete(customerId);
    put(before + sign * seatIds.length);
    inventory.draft?.push(()=>put(before));
}
function setSeatsOf(inventory, reservationId, status) {
    const { number, seatIds } = known(inventory, reservationId);
    setSeats(inventory, seatIds, status, status === AVAILABLE ? 0 : number);
}
function setSeats(inventory, seatIds, status, number) {
    const { indexOf } = inventory.layout;
    for (const seatId of seatIds){
        const seat = indexOf.get(seatId);
        if (seat === undefined) throw new Error(`The log names seat ${seatId}, which the plan does not have.`);
        const statusBefore = inventory.status[seat];
        const holderBefore = inventory.holder[seat];
        setSeat(inventory, seat, status, number);
        inventory.draft?.push(()=>setSeat(inventory, seat, statusBefore, holderBefore));
    }
}
function setSeat(inventory, seat, status, number) {
    const run = inventory.layout.runOf[seat];
    if (inventory.status[seat] === AVAILABLE) inventory.freeInRun[run]--;
    if (status === AVAILABLE) inventory.freeInRun[run]++;
    inventory.status[seat] = status;
    inventory.holder[seat] = number;
}
function known(inventory, reservationId) {
    const reservation = reservationOf(inventory, reservationId);
    if (!reservation) throw new Error(`The log names reservation ${reservationId}, which was never made.`);
    return reservation;
}

//# sourceMappingURL=state.js.map