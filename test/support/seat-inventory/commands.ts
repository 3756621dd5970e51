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
} from '../../../src/domain/seat-inventory/commands.js';
import type { UndoneReason } from '../../../src/domain/seat-inventory/events.js';
import { NOON, rules } from './rules.js';

/** The customer and the time of a command. Default: Ann at noon. */
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
