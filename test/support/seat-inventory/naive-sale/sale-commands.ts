import {
  MAX_EXPIRED_PER_COMMAND,
  type BlockSeats,
  type SeatInventoryCommand,
  type UnblockSeats,
} from '../../../../src/domain/seat-inventory/commands.js';
import { reserve } from './reserve.js';
import type { ReservationCommand } from './reservation-commands.js';
import { isLapsed, type NaiveAnswer, type NaiveState } from './state.js';

/** A command that names no reservation that exists. */
type SaleCommand = Exclude<SeatInventoryCommand, ReservationCommand>;

type Handlers = {
  [T in SaleCommand['type']]: (
    state: NaiveState,
    command: Extract<SaleCommand, { type: T }>,
  ) => NaiveAnswer;
};

/** Carries a command about the whole sale out. */
export const answerSale = (state: NaiveState, command: SaleCommand): NaiveAnswer =>
  HANDLERS[command.type](state, command as never);

const HANDLERS: Handlers = {
  OpenInventory: () => 'done',
  ReserveSeats: reserve,
  MoveOnSale: (state, { onSaleAt }) => {
    if (onSaleAt === state.onSaleAt) return 'done';
    if (state.cancelled) return 'event-cancelled';
    if (state.closed) return 'sales-closed';
    state.onSaleAt = onSaleAt;
    return 'done';
  },
  MoveSalesEnd: () => 'done',
  CloseSales: (state) => {
    state.closed = true;
    return 'done';
  },
  CancelSale: (state) => {
    state.closed = state.cancelled = true;
    return 'done';
  },
  UndoSales: (state) => {
    const live = state.cancelled ? state.liveReservations() : [];
    for (const one of live.slice(0, MAX_EXPIRED_PER_COMMAND))
      state.end(one, one.status === 'held' ? 'released' : 'refunded');
    return 'done';
  },
  ExpireReservations: (state, { reservationIds, now }) => {
    for (const id of reservationIds) {
      const one = state.reservations.get(id);
      if (one && isLapsed(one, now)) state.end(one, 'expired');
    }
    return 'done';
  },
  BlockSeats: changeBlocks,
  UnblockSeats: changeBlocks,
};

function changeBlocks(state: NaiveState, command: BlockSeats | UnblockSeats): NaiveAnswer {
  if (state.cancelled) return 'event-cancelled';
  const bad = state.badNames(command.seatIds);
  if (bad) return bad;
  const seats = state.seatsNamed(command.seatIds);
  if (seats.some((seat) => seat.status === 'reserved' || seat.status === 'sold'))
    return 'seats-unavailable';
  for (const seat of seats) seat.status = command.type === 'BlockSeats' ? 'blocked' : 'available';
  return 'done';
}
