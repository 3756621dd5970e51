import { accept, reject } from '../domain-event.js';
import { AVAILABLE, RESERVED } from './availability.js';
import { pickBestAvailable } from './best-available.js';
import { strandedSeats } from './single-seat-rule.js';
import { isOverdue, overdueHolds, reservationOf } from './state.js';
/**
 * All or nothing. The same reservation id with the same wish appends nothing; a hold that is past its time and
 * stands in the way is expired in the same append as the new hold, so nobody waits for a worker.
 */ export function reserveSeats(command, inventory, rules) {
    const before = reservationOf(inventory, command.reservationId);
    if (before) {
        const same = before.customerId === command.customerId && before.requestDigest === command.requestDigest;
        return same ? accept() : reject({
            code: 'idempotency-key-reused'
        });
    }
    if (inventory.cancelled) return reject({
        code: 'event-cancelled'
    });
    if (inventory.salesClosed) return reject({
        code: 'sales-closed'
    });
    if (rules.onSaleAt !== null && command.now < Date.parse(rules.onSaleAt)) {
        return reject({
            code: 'sales-not-open',
            onSaleAt: rules.onSaleAt
        });
    }
    const choice = 'seatIds' in command.wish ? named(command, inventory, rules) : best(command, inventory, rules);
    if ('refused' in choice) return reject(choice.refused);
    return accept(...choice.lapsed.map((reservation)=>expired(reservation, command.now)), reserved(command, inventory, rules, choice.seats));
}
function named(command, inventory, rules) {
    if (!('seatIds' in command.wish)) throw new Error('Named seats were expected.');
    const { seatIds } = command.wish;
    const problem = checkSeatIds(seatIds, inventory);
    if (problem) return {
        refused: problem
    };
    const room = roomUnderLimit(command, seatIds.length, inventory, rules);
    if ('refused' in room) return room;
    const seats = seatIds.map((seatId)=>inventory.layout.indexOf.get(seatId));
    const { unavailable, lapsed: inWay } = inTheWay(seats, inventory, command.now);
    const lapsed = new Set([
        ...room.lapsed,
        ...inWay
    ]);
    if (unavailable.length > 0) {
        return {
            refused: {
                code: 'seats-unavailable',
                unavailableSeatIds: seatNames(inventory, unavailable)
            }
        };
    }
    const { status } = lapsed.size > 0 ? withoutHolds(inventory, lapsed) : inventory;
    const stranded = strandedSeats(inventory.layout, status, seats, rules.singleSeatRule);
    if (stranded.length > 0) {
        return {
            refused: {
                code: 'single-seat-left',
                strandedSeatIds: seatNames(inventory, stranded)
            }
        };
    }
    return {
        seats,
        lapsed: [
            ...lapsed
        ]
    };
}
/** Of these seats, those that cannot be had, and the lapsed holds to be expired for the others. */ export function inTheWay(seats, inventory, now) {
    const lapsed = new Set();
    const unavailable = seats.filter((seat)=>{
        if (inventory.status[seat] === AVAILABLE) return false;
        const holder = inventory.status[seat] === RESERVED ? inventory.reservations[inventory.holder[seat]] : undefined;
        if (!holder || !isOverdue(holder, now)) return true;
        lapsed.add(holder);
        return false;
    });
    return {
        unavailable,
        lapsed
    };
}
function best(command, inventory, rules) {
    if (!('bestAvailable' in command.wish)) throw new Error('Best available was expected.');
    const { quantity, category } = command.wish.bestAvailable;
    if (quantity < 1) return {
        refused: {
            code: 'no-seats-requested'
        }
    };
    if (category !== undefined && !inventory.layout.categories.some(({ name })=>name === category)) {
        return {
            refused: {
                code: 'category-unknown',
                category
            }
        };
    }
    const room = roomUnderLimit(command, quantity, inventory, rules);
    if ('refused' in room) return room;
    const byRequest = rules.prices.filter((price)=>price.byRequest).map((price)=>price.category);
    const wish = {
        quantity,
        category,
        byRequest,
        rule: rules.singleSeatRule
    };
    const availability = room.lapsed.length > 0 ? withoutHolds(inventory, room.lapsed) : inventory;
    const seats = pickBestAvailable(inventory.layout, availability, wish);
    if (seats) return {
        seats,
        lapsed: room.lapsed
    };
    return amongLapsedHolds(command, inventory, wish, room.lapsed) ?? {
        refused: {
            code: 'seats-unavailable',
            unavailableSeatIds: []
        }
    };
}
/** Nothing free is left: look again as if every hold past its time had been expired, and expire those it takes. */ function amongLapsedHolds(command, inventory, wish, lapsedAnyway) {
    const overdue = overdueHolds(inventory, command.now);
    if (overdue.length === lapsedAnyway.length) return undefined;
    const seats = pickBestAvailable(inventory.layout, withoutHolds(inventory, overdue), wish);
    if (!seats) return undefined;
    const lapsed = new Set(lapsedAnyway.map(({ number })=>number));
    for (const seat of seats)lapsed.add(inventory.holder[seat]);
    return {
        seats,
        lapsed: overdue.filter(({ number })=>lapsed.has(number))
    };
}
/** The availability as it would be without these reservations; the inventory itself stays as it is. */ export function withoutHolds(inventory, holders) {
    const status = inventory.status.slice();
    const freeInRun = inventory.freeInRun.slice();
    for (const { seatIds } of holders){
        for (const seatId of seatIds){
            const seat = inventory.layout.indexOf.get(seatId);
            status[seat] = AVAILABLE;
            freeInRun[inventory.layout.runOf[seat]]++;
        }
    }
    return {
        status,
        freeInRun
    };
}
/**
 * Whether the customer may have so many seats more. Where own holds past their time stand in the way, these are to be
 * expired too, so that coming back late never means waiting for a worker.
 *
 * @param givenBack seats that the customer has and gives back in return
 */ export function roomUnderLimit({ customerId, now }, wanted, inventory, { maxSeatsPerCustomer: limit }, givenBack = 0) {
    const counted = (inventory.seatsOf.get(customerId) ?? 0) - givenBack;
    if (counted + wanted <= limit) return {
        lapsed: []
    };
    const lapsed = overdueHolds(inventory, now).filter((reservation)=>reservation.customerId === customerId);
    const alreadyYours = lapsed.reduce((left, { seatIds })=>left - seatIds.length, counted);
    return alreadyYours + wanted <= limit ? {
        lapsed
    } : {
        refused: {
            code: 'too-many-seats',
            limit,
            alreadyYours
        }
    };
}
function reserved({ reservationId, customerId, requestDigest, now }, inventory, rules, seats) {
    return {
        type: 'SeatsReserved',
        data: {
            reservationId,
            customerId,
            seatIds: seatNames(inventory, seats),
            total: totalOf(inventory, seats),
            requestDigest,
            reservedAt: new Date(now).toISOString(),
            expiresAt: new Date(now + rules.holdSeconds * 1_000).toISOString()
        }
    };
}
/** An event is sold in one currency, so prices add up. */ export function totalOf({ layout, priceOf }, seats) {
    const prices = seats.map((seat)=>priceOf[layout.categoryOf[seat]]);
    return {
        amountMinor: prices.reduce((sum, { amountMinor })=>sum + amountMinor, 0),
        currency: prices[0].currency
    };
}
export function seatNames({ layout }, seats) {
    return seats.map((seat)=>layout.seatIds[seat]);
}
/** Zero, repeated or unknown seats, in this order. */ export function checkSeatIds(seatIds, { layout }) {
    if (seatIds.length === 0) return {
        code: 'no-seats-requested'
    };
    const seen = new Set();
    const repeated = new Set();
    for (const seatId of seatIds)(seen.has(seatId) ? repeated : seen).add(seatId);
    if (repeated.size > 0) return {
        code: 'seats-repeated',
        seatIds: [
            ...repeated
        ]
    };
    const unknown = seatIds.filter((seatId)=>!layout.indexOf.has(seatId));
    return unknown.length > 0 ? {
        code: 'seats-unknown',
        seatIds: unknown
    } : undefined;
}
export function expired({ id, seatIds }, now) {
    return {
        type: 'ReservationExpired',
        data: {
            reservationId: id,
            seatIds,
            expiredAt: new Date(now).toISOString()
        }
    };
}

//# sourceMappingURL=reserve.js.map