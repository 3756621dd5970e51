import type {
  SeatInventoryEvent,
  TurnedDownReason,
  UndoneReason,
} from '../../../src/domain/seat-inventory/events.js';
import { HOLD_SECONDS, NOON, rules } from './rules.js';

const iso = (instant: number) => new Date(instant).toISOString();

export const opened = (changes: Partial<typeof rules> = {}, at = NOON): SeatInventoryEvent => ({
  type: 'InventoryOpened',
  data: { ...rules, ...changes, openedAt: iso(at) },
});

interface Reserved {
  by?: string;
  at?: number;
  expires?: number;
  digest?: string;
}

const totalOf = (seatIds: readonly string[]) => ({
  amountMinor: seatIds.reduce((sum, seatId) => sum + (seatId.startsWith('C') ? 3_000 : 5_000), 0),
  currency: 'EUR',
});

export const reserved = (
  reservationId: string,
  seatIds: readonly string[],
  {
    by = 'ann',
    at = NOON,
    expires = at + HOLD_SECONDS * 1_000,
    digest = seatIds.join(' '),
  }: Reserved = {},
): SeatInventoryEvent => ({
  type: 'SeatsReserved',
  data: {
    reservationId,
    customerId: by,
    seatIds,
    total: totalOf(seatIds),
    requestDigest: digest,
    reservedAt: iso(at),
    expiresAt: iso(expires),
  },
});

export const paymentStarted = (
  reservationId: string,
  expires: number,
  at = NOON,
): SeatInventoryEvent => ({
  type: 'PaymentStarted',
  data: { reservationId, startedAt: iso(at), expiresAt: iso(expires) },
});
export const confirmed = (
  reservationId: string,
  seatIds: readonly string[],
  { paid = 'pay-1', at = NOON } = {},
): SeatInventoryEvent => ({
  type: 'ReservationConfirmed',
  data: { reservationId, seatIds, paymentReference: paid, confirmedAt: iso(at) },
});
export const expired = (
  reservationId: string,
  seatIds: readonly string[],
  at = NOON,
): SeatInventoryEvent => ({
  type: 'ReservationExpired',
  data: { reservationId, seatIds, expiredAt: iso(at) },
});
export const released = (
  reservationId: string,
  seatIds: readonly string[],
  at = NOON,
): SeatInventoryEvent => ({
  type: 'ReservationReleased',
  data: { reservationId, seatIds, releasedAt: iso(at) },
});
export const reinstated = (
  reservationId: string,
  seatIds: readonly string[],
  at = NOON,
): SeatInventoryEvent => ({
  type: 'ReservationReinstated',
  data: {
    reservationId,
    seatIds,
    reinstatedAt: iso(at),
    expiresAt: iso(at + HOLD_SECONDS * 1_000),
  },
});
export const turnedDown = (
  reservationId: string,
  reason: TurnedDownReason,
  { paid: paymentReference = 'pay-1', at = NOON } = {},
): SeatInventoryEvent => ({
  type: 'PaymentTurnedDown',
  data: { reservationId, paymentReference, reason, turnedDownAt: iso(at) },
});
export const withdrawn = (
  reservationId: string,
  changeId: string,
  at = NOON,
): SeatInventoryEvent => ({
  type: 'SaleChangeWithdrawn',
  data: { reservationId, changeId, withdrawnAt: iso(at) },
});
export const refunded = (
  reservationId: string,
  seatIds: readonly string[],
  { because: reason = 'refunded-by-organizer' as UndoneReason, at = NOON } = {},
): SeatInventoryEvent => ({
  type: 'ReservationRefunded',
  data: { reservationId, seatIds, reason, refundedAt: iso(at) },
});
export const exchanged = (
  reservationId: string,
  fromSeatIds: readonly string[],
  seatIds: readonly string[],
  { paid = null as string | null, at = NOON } = {},
): SeatInventoryEvent => ({
  type: 'SeatsExchanged',
  data: {
    reservationId,
    fromSeatIds,
    seatIds,
    fromTotal: totalOf(fromSeatIds),
    total: totalOf(seatIds),
    paymentReference: paid,
    exchangedAt: iso(at),
  },
});
export const cancelled = (sales: number, at = NOON): SeatInventoryEvent => ({
  type: 'SaleCancelled',
  data: { reason: 'rain', sales, cancelledAt: iso(at) },
});
export const blocked = (seatIds: readonly string[], at = NOON): SeatInventoryEvent => ({
  type: 'SeatsBlocked',
  data: { seatIds, reason: 'camera', blockedAt: iso(at) },
});
export const unblocked = (seatIds: readonly string[], at = NOON): SeatInventoryEvent => ({
  type: 'SeatsUnblocked',
  data: { seatIds, unblockedAt: iso(at) },
});
export const onSaleMoved = (onSaleAt: string | null, at = NOON): SeatInventoryEvent => ({
  type: 'OnSaleMoved',
  data: { onSaleAt, movedAt: iso(at) },
});
export const salesEndMoved = (salesEndAt: string, at = NOON): SeatInventoryEvent => ({
  type: 'SalesEndMoved',
  data: { salesEndAt, movedAt: iso(at) },
});
export const closed = (at = NOON): SeatInventoryEvent => ({
  type: 'SalesClosed',
  data: { reason: 'the show begins', closedAt: iso(at) },
});
