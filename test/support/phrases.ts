import type {
  BestAvailable,
  BlockSeats,
  CancelSale,
  CloseSales,
  ConfirmReservation,
  ExchangeSeats,
  ExpireReservations,
  MoveOnSale,
  MoveSalesEnd,
  OpenInventory,
  RefundReservation,
  ReinstateReservation,
  SettlePayment,
  ReleaseReservation,
  ReserveSeats,
  StartPayment,
  UnblockSeats,
  UndoSales,
  WithdrawSaleChange,
} from '../../src/domain/seat-inventory/commands.js';
import type {
  InventoryOpenedData,
  SeatInventoryEvent,
  TurnedDownReason,
  UndoneReason,
} from '../../src/domain/seat-inventory/events.js';
import { theatre } from './seat-inventory/plans.js';

/** The words of a sale in the little theatre (`plans.ts`), so that a test says only what it is about. */

/** All tests happen on one day. Milliseconds since the epoch. */
export const NOON = Date.UTC(2026, 5, 11, 12);
export const secondsAfterNoon = (seconds: number): number => NOON + seconds * 1_000;
const iso = (instant: number) => new Date(instant).toISOString();

export const HOLD_SECONDS = 600;
export const HOLD_CAP_SECONDS = 900;

export const rules: Omit<InventoryOpenedData, 'openedAt'> = {
  eventId: 'opening-night',
  seatingPlanHash: theatre.hash,
  seatCount: theatre.seatCount,
  prices: [
    { category: 'Stalls', amountMinor: 5_000, currency: 'EUR' },
    { category: 'Balcony', amountMinor: 3_000, currency: 'EUR' },
  ],
  onSaleAt: null,
  holdSeconds: HOLD_SECONDS,
  holdCapSeconds: HOLD_CAP_SECONDS,
  maxSeatsPerCustomer: 6,
  singleSeatRule: 'off',
};

/** Who and when: Ann at noon unless told. */
interface Asked {
  by?: string | null;
  at?: number;
}
interface AskedToReserve extends Asked {
  as?: string;
  by?: string;
  /** Digest of the selection. Default: the seat ids. */
  digest?: string;
}

export const open = (changes: Partial<typeof rules> = {}, at = NOON): OpenInventory => ({
  type: 'OpenInventory',
  inventory: { ...rules, ...changes },
  now: at,
});

export const reserve = (
  seatIds: readonly string[],
  { as = 'r1', by = 'ann', at = NOON, digest = seatIds.join(' ') }: AskedToReserve = {},
): ReserveSeats => ({
  type: 'ReserveSeats',
  reservationId: as,
  customerId: by,
  selection: { seatIds },
  requestDigest: digest,
  now: at,
});

export const reserveBest = (
  bestAvailable: BestAvailable,
  { as = 'r1', by = 'ann', at = NOON, digest = 'best' }: AskedToReserve = {},
): ReserveSeats => ({
  type: 'ReserveSeats',
  reservationId: as,
  customerId: by,
  selection: { bestAvailable },
  requestDigest: digest,
  now: at,
});

const named = (reservationId: string, { by = 'ann', at = NOON }: Asked) => ({
  reservationId,
  customerId: by,
  now: at,
});

export const startPayment = (id: string, asked: Asked = {}): StartPayment => ({
  type: 'StartPayment',
  ...named(id, asked),
});
export const confirm = (id: string, asked: Asked & { paid?: string } = {}): ConfirmReservation => ({
  type: 'ConfirmReservation',
  ...named(id, asked),
  paymentReference: asked.paid ?? 'pay-1',
});
export const settle = (id: string, asked: Asked & { paid?: string } = {}): SettlePayment => ({
  type: 'SettlePayment',
  ...named(id, asked),
  paymentReference: asked.paid ?? 'pay-1',
});
export const release = (id: string, asked: Asked = {}): ReleaseReservation => ({
  type: 'ReleaseReservation',
  ...named(id, asked),
});
export const reinstate = (
  id: string,
  asked: Asked & { paid?: string } = {},
): ReinstateReservation => ({
  type: 'ReinstateReservation',
  ...named(id, asked),
  paymentReference: asked.paid ?? 'pay-1',
});
export const refund = (
  id: string,
  asked: Asked & { because?: UndoneReason } = {},
): RefundReservation => ({
  type: 'RefundReservation',
  ...named(id, asked),
  reason: asked.because ?? 'refunded-by-organizer',
});
/** `paid` for a difference of `cents`. */
export const exchange = (
  id: string,
  seatIds: readonly string[],
  asked: Asked & { paid?: string; cents?: number } = {},
): ExchangeSeats => ({
  type: 'ExchangeSeats',
  ...named(id, asked),
  seatIds,
  ...(asked.paid !== undefined && {
    payment: {
      reference: asked.paid,
      amount: { amountMinor: asked.cents ?? 2_000, currency: 'EUR' },
    },
  }),
});
/** A refund or exchange that needs the tickets of these seats to be void. */
export const asChange = <Command extends RefundReservation | ExchangeSeats>(
  command: Command,
  id: string,
  voidedSeatIds: readonly string[],
): Command => ({ ...command, change: { id, voidedSeatIds } });
export const withdraw = (
  id: string,
  changeId: string,
  asked: Asked & { seatId?: string } = {},
): WithdrawSaleChange => ({
  type: 'WithdrawSaleChange',
  ...named(id, asked),
  changeId,
  ...(asked.seatId !== undefined && { seatId: asked.seatId }),
});
export const cancel = (at = NOON): CancelSale => ({ type: 'CancelSale', reason: 'rain', now: at });
export const undo = (at = NOON): UndoSales => ({ type: 'UndoSales', now: at });
export const expire = (ids: readonly string[], at = NOON): ExpireReservations => ({
  type: 'ExpireReservations',
  reservationIds: ids,
  now: at,
});
export const block = (seatIds: readonly string[], at = NOON): BlockSeats => ({
  type: 'BlockSeats',
  seatIds,
  reason: 'camera',
  now: at,
});
export const unblock = (seatIds: readonly string[], at = NOON): UnblockSeats => ({
  type: 'UnblockSeats',
  seatIds,
  now: at,
});
export const moveOnSale = (
  onSaleAt: string | null = '2026-06-12T08:00:00.000Z',
  at = NOON,
): MoveOnSale => ({
  type: 'MoveOnSale',
  onSaleAt,
  now: at,
});
export const moveSalesEnd = (salesEndAt: string, at = NOON): MoveSalesEnd => ({
  type: 'MoveSalesEnd',
  salesEndAt,
  now: at,
});
export const close = (at = NOON): CloseSales => ({
  type: 'CloseSales',
  reason: 'the show begins',
  now: at,
});

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
