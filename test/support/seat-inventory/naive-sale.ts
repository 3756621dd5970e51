import {
  MAX_EXPIRED_PER_COMMAND,
  PAYMENT_EXTENSION_SECONDS,
  type ExchangeSeats,
  type ReserveSeats,
  type SeatInventoryCommand,
  type SeatInventoryRejection,
} from '../../../src/domain/seat-inventory/commands.js';
import { rules } from './rules.js';

export type NaiveAnswer = SeatInventoryRejection['code'] | 'done';

/**
 * The rules of the sale once more, written to be read and not to be fast: a plain object per seat,
 * every question answered by looking at all of them. The real inventory is held against it.
 * (Without the single-seat rule, and without the choice of best seats: whatever the inventory picks
 * is reserved here by name.)
 */
export interface NaiveSale {
  /** Carries the command out, or says why not. */
  answer(command: SeatInventoryCommand): NaiveAnswer;
  /** Whether so many seats are free, or would be once every hold past its time were expired. */
  hasRoomFor(wish: { quantity: number; category?: string }, now: number): boolean;
  picture(): SalePicture;
}

type OfReservation = Extract<
  SeatInventoryCommand,
  {
    type:
      | `${'Confirm' | 'Release' | 'Reinstate' | 'Refund'}Reservation`
      | 'StartPayment'
      | 'SettlePayment'
      | 'WithdrawSaleChange'
      | 'ExchangeSeats';
  }
>;
interface Seat {
  id: string;
  category: string;
  status: 'available' | 'reserved' | 'sold' | 'blocked';
  by?: string;
}
interface Reservation {
  id: string;
  customer: string;
  seats: string[];
  digest: string;
  status: 'held' | 'confirmed' | 'expired' | 'released' | 'refunded';
  reservedAt: number;
  expiresAt: number;
  paying: boolean;
  payment?: string;
  turnedDown: string[];
  /** Minor units; what each exchange leaves over. */
  dueBack: number[];
  exchangePayments: string[];
}
export interface SalePicture {
  seats: Record<string, string>;
  reservations: Record<string, unknown>;
  closed: boolean;
  cancelled: boolean;
}

export function openNaiveSale(seats: readonly { id: string; category: string }[]): NaiveSale {
  const seatOf = new Map(seats.map((seat) => [seat.id, { ...seat, status: 'available' } as Seat]));
  const reservations = new Map<string, Reservation>();
  let { onSaleAt } = rules;
  let closed = false;
  let cancelled = false;

  const seatsOf = (reservation: Reservation) => reservation.seats.map((id) => seatOf.get(id)!);
  const give = (reservation: Reservation, status: 'reserved' | 'sold') => {
    for (const seat of seatsOf(reservation)) Object.assign(seat, { status, by: reservation.id });
  };
  const end = (reservation: Reservation, status: Reservation['status']) => {
    reservation.status = status;
    for (const seat of seatsOf(reservation))
      Object.assign(seat, { status: 'available', by: undefined });
  };
  const lapsed = (reservation: Reservation | undefined, now: number) =>
    reservation?.status === 'held' && reservation.expiresAt <= now;
  const isLive = ({ status }: Reservation) => status === 'held' || status === 'confirmed';
  const seatsHad = (customer: string) =>
    [...reservations.values()]
      .filter((one) => one.customer === customer && isLive(one))
      .reduce((sum, one) => sum + one.seats.length, 0);
  const lapsedOf = (customer: string, now: number) =>
    [...reservations.values()].filter((one) => one.customer === customer && lapsed(one, now));

  const badNames = (names: readonly string[]): NaiveAnswer | undefined => {
    if (names.length === 0) return 'no-seats-requested';
    if (names.some((name, at) => names.indexOf(name) !== at)) return 'seats-repeated';
    return names.some((name) => !seatOf.has(name)) ? 'seats-unknown' : undefined;
  };

  const reserve = ({
    reservationId,
    customerId,
    selection,
    requestDigest,
    now,
  }: ReserveSeats): NaiveAnswer => {
    const before = reservations.get(reservationId);
    if (before) {
      return before.customer === customerId && before.digest === requestDigest
        ? 'done'
        : 'idempotency-key-reused';
    }
    if (cancelled) return 'event-cancelled';
    if (closed) return 'sales-closed';
    if (onSaleAt !== null && now < Date.parse(onSaleAt)) return 'sales-not-open';
    if (!('seatIds' in selection)) throw new Error('Name the seats that were picked.');
    const bad = badNames(selection.seatIds);
    if (bad) return bad;
    let makeWay: Reservation[] = [];
    if (seatsHad(customerId) + selection.seatIds.length > rules.maxSeatsPerCustomer) {
      makeWay = lapsedOf(customerId, now);
      const without = seatsHad(customerId) - makeWay.flatMap((one) => one.seats).length;
      if (without + selection.seatIds.length > rules.maxSeatsPerCustomer) return 'too-many-seats';
    }
    const inTheWay = selection.seatIds
      .map((id) => seatOf.get(id)!)
      .filter((seat) => seat.status !== 'available');
    if (
      inTheWay.some(
        (seat) => seat.status !== 'reserved' || !lapsed(reservations.get(seat.by!), now),
      )
    ) {
      return 'seats-unavailable';
    }
    for (const one of [...makeWay, ...inTheWay.map((seat) => reservations.get(seat.by!)!)]) {
      if (one.status === 'held') end(one, 'expired');
    }
    const reservation: Reservation = {
      id: reservationId,
      customer: customerId,
      seats: [...selection.seatIds],
      digest: requestDigest,
      status: 'held',
      reservedAt: now,
      expiresAt: now + rules.holdSeconds * 1_000,
      paying: false,
      turnedDown: [],
      dueBack: [],
      exchangePayments: [],
    };
    reservations.set(reservationId, reservation);
    give(reservation, 'reserved');
    return 'done';
  };

  const answerAll = (command: Exclude<SeatInventoryCommand, OfReservation>): NaiveAnswer => {
    switch (command.type) {
      case 'OpenInventory':
        return 'done';
      case 'ReserveSeats':
        return reserve(command);
      case 'MoveOnSale':
        if (command.onSaleAt === onSaleAt) return 'done';
        if (cancelled) return 'event-cancelled';
        if (closed) return 'sales-closed';
        ({ onSaleAt } = command);
        return 'done';
      case 'MoveSalesEnd':
        return 'done';
      case 'CloseSales':
        closed = true;
        return 'done';
      case 'CancelSale':
        closed = cancelled = true;
        return 'done';
      case 'UndoSales': {
        const live = cancelled ? [...reservations.values()].filter(isLive) : [];
        for (const one of live.slice(0, MAX_EXPIRED_PER_COMMAND))
          end(one, one.status === 'held' ? 'released' : 'refunded');
        return 'done';
      }
      case 'ExpireReservations':
        for (const id of command.reservationIds) {
          const one = reservations.get(id);
          if (one && lapsed(one, command.now)) end(one, 'expired');
        }
        return 'done';
      case 'BlockSeats':
      case 'UnblockSeats': {
        if (cancelled) return 'event-cancelled';
        const bad = badNames(command.seatIds);
        if (bad) return bad;
        const named = command.seatIds.map((id) => seatOf.get(id)!);
        if (named.some((seat) => seat.status === 'reserved' || seat.status === 'sold'))
          return 'seats-unavailable';
        for (const seat of named)
          seat.status = command.type === 'BlockSeats' ? 'blocked' : 'available';
        return 'done';
      }
    }
  };

  const isDecided = ({ payment, turnedDown, exchangePayments }: Reservation, reference: string) =>
    payment === reference || turnedDown.includes(reference) || exchangePayments.includes(reference);
  const priceOf = (ids: readonly string[]) =>
    ids
      .map(
        (id) =>
          rules.prices.find(({ category }) => category === seatOf.get(id)!.category)?.amountMinor ??
          0,
      )
      .reduce((sum, price) => sum + price, 0);

  const exchange = (command: ExchangeSeats, one: Reservation): NaiveAnswer => {
    const { seatIds, payment, now } = command;
    if (payment && isDecided(one, payment.reference)) return 'done';
    const isSame = JSON.stringify([...seatIds].sort()) === JSON.stringify([...one.seats].sort());
    if (!payment && one.status === 'confirmed' && isSame) return 'done';
    const why = whyNotExchange(command, one);
    if (why) {
      if (!payment) return why;
      one.turnedDown.push(payment.reference);
      return 'done';
    }
    const over = priceOf(one.seats) - priceOf(seatIds);
    for (const lapse of inTheWayOf(seatIds, one, now)) end(lapse, 'expired');
    end(one, 'confirmed');
    one.seats = [...seatIds];
    give(one, 'sold');
    one.dueBack.push(Math.max(0, over));
    if (payment) one.exchangePayments.push(payment.reference);
    return 'done';
  };

  const inTheWayOf = (ids: readonly string[], one: Reservation, now: number): Reservation[] => {
    const room = seatsHad(one.customer) - one.seats.length + ids.length > rules.maxSeatsPerCustomer;
    const own = room ? lapsedOf(one.customer, now) : [];
    const others = ids
      .map((id) => reservations.get(seatOf.get(id)!.by!))
      .filter((by) => lapsed(by, now));
    return [...new Set([...own, ...others.map((by) => by!)])];
  };

  const whyNotExchange = (
    { seatIds, payment, now }: ExchangeSeats,
    one: Reservation,
  ): NaiveAnswer | undefined => {
    if (one.status !== 'confirmed') return 'reservation-not-confirmed';
    if (cancelled) return 'event-cancelled';
    const bad = badNames(seatIds);
    if (bad) return bad;
    const others = seatsHad(one.customer) - one.seats.length;
    if (others + seatIds.length > rules.maxSeatsPerCustomer) {
      const without = others - lapsedOf(one.customer, now).flatMap((own) => own.seats).length;
      if (without + seatIds.length > rules.maxSeatsPerCustomer) return 'too-many-seats';
    }
    const taken = seatIds
      .map((id) => seatOf.get(id)!)
      .filter(({ status, by }) => status !== 'available' && by !== one.id)
      .filter(({ status, by }) => status !== 'reserved' || !lapsed(reservations.get(by!), now));
    if (taken.length > 0) return 'seats-unavailable';
    const dearer = priceOf(seatIds) - priceOf(one.seats);
    if (payment ? payment.amount.amountMinor !== dearer : dearer > 0) return 'payment-required';
    return undefined;
  };

  const settle = (
    command: Extract<OfReservation, { type: 'SettlePayment' }>,
    one: Reservation,
  ): NaiveAnswer => {
    const { paymentReference } = command;
    if (isDecided(one, paymentReference)) return 'done';
    const type = one.status === 'expired' ? 'ReinstateReservation' : 'ConfirmReservation';
    if (answerOne({ ...command, type }) !== 'done') one.turnedDown.push(paymentReference);
    return 'done';
  };

  const answerOne = (command: OfReservation): NaiveAnswer => {
    const one = reservations.get(command.reservationId);
    if (!one || (command.customerId !== null && command.customerId !== one.customer))
      return 'reservation-not-found';
    const { status } = one;
    switch (command.type) {
      case 'StartPayment':
        if (status === 'confirmed' || (status === 'held' && one.paying && !cancelled))
          return 'done';
        if (status !== 'held') return `reservation-${status}`;
        if (cancelled) return 'event-cancelled';
        one.paying = true;
        one.expiresAt = Math.max(
          one.expiresAt,
          Math.min(
            command.now + Math.min(PAYMENT_EXTENSION_SECONDS, rules.holdSeconds) * 1_000,
            one.reservedAt + rules.holdCapSeconds * 1_000,
          ),
        );
        return 'done';
      case 'ConfirmReservation':
        if (status === 'confirmed' && one.payment === command.paymentReference) return 'done';
        if (status !== 'held') return `reservation-${status}`;
        if (cancelled) return 'event-cancelled';
        Object.assign(one, { status: 'confirmed', payment: command.paymentReference });
        give(one, 'sold');
        return 'done';
      case 'SettlePayment':
        return settle(command, one);
      case 'ExchangeSeats':
        return exchange(command, one);
      case 'ReleaseReservation':
        if (status === 'expired' || status === 'released') return 'done';
        if (status !== 'held') return `reservation-${status}`;
        end(one, 'released');
        return 'done';
      case 'ReinstateReservation':
        if (status === 'confirmed' && one.payment === command.paymentReference) return 'done';
        if (status !== 'expired' && status !== 'released') return 'reservation-not-expired';
        if (cancelled) return 'event-cancelled';
        if (seatsHad(one.customer) + one.seats.length > rules.maxSeatsPerCustomer)
          return 'too-many-seats';
        if (seatsOf(one).some((seat) => seat.status !== 'available')) return 'seats-unavailable';
        one.expiresAt = command.now + rules.holdSeconds * 1_000;
        Object.assign(one, { status: 'confirmed', payment: command.paymentReference });
        give(one, 'sold');
        return 'done';
      case 'RefundReservation':
        if (status === 'refunded') return 'done';
        if (status !== 'confirmed') return 'reservation-not-confirmed';
        end(one, 'refunded');
        return 'done';
      case 'WithdrawSaleChange':
        return 'done';
    }
  };

  const answer: NaiveSale['answer'] = (command) => {
    if (!('customerId' in command) || command.type === 'ReserveSeats') return answerAll(command);
    return answerOne(command);
  };

  return {
    answer,
    hasRoomFor: ({ quantity, category }, now) =>
      [...seatOf.values()]
        .filter((seat) => category === undefined || seat.category === category)
        .filter(
          (seat) =>
            seat.status === 'available' ||
            (seat.status === 'reserved' && lapsed(reservations.get(seat.by!), now)),
        ).length >= quantity,
    picture: () => ({
      seats: Object.fromEntries(
        [...seatOf].map(([id, { status, by }]) => [id, `${status} ${by ?? ''}`]),
      ),
      reservations: Object.fromEntries(
        [...reservations].map(([id, one]) => [id, { payment: undefined, ...one }]),
      ),
      closed,
      cancelled,
    }),
  };
}
