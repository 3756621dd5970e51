import { reject, type Decider } from '../../shared/decider.js';
import type { SeatLayout } from '../../seating-plan/layout.js';
import { blockSeats, unblockSeats } from './block.js';
import { cancelSale, undoSales } from './cancel.js';
import type {
  SeatInventoryCommand,
  SeatInventoryDecision,
  SeatInventoryRejection,
} from '../commands.js';
import type { SeatInventoryEvent } from '../events.js';
import { evolve } from '../state/evolve.js';
import { exchangeSeats } from './exchange.js';
import type { Overwritten } from '../state/overwrite.js';
import {
  confirmReservation,
  reinstateReservation,
  settlePayment,
  startPayment,
} from './payment.js';
import { refundReservation, withdrawSaleChange } from './refund.js';
import { expireReservations, releaseReservation } from './release.js';
import { reserveSeats } from './reserve.js';
import { closeSales, moveOnSale, moveSalesEnd, openInventory } from './sales-period.js';
import { emptyInventory, type SeatInventory } from '../state/state.js';

/**
 * The state is changed in place. The layout of the seating plan is known before the first event.
 */
export const seatInventoryDecider: Decider<
  SeatInventory,
  SeatInventoryCommand,
  SeatInventoryEvent,
  SeatInventoryRejection,
  void,
  SeatLayout,
  Overwritten
> = { initial: emptyInventory, evolve, decide };

export function decide(
  command: SeatInventoryCommand,
  inventory: SeatInventory,
): SeatInventoryDecision {
  if (command.type === 'OpenInventory') return openInventory(command, inventory);
  const { rules } = inventory;
  if (!rules) return reject({ code: 'event-not-found' });
  switch (command.type) {
    case 'ReserveSeats':
      return reserveSeats(command, inventory, rules);
    case 'StartPayment':
      return startPayment(command, inventory, rules);
    case 'ConfirmReservation':
      return confirmReservation(command, inventory);
    case 'SettlePayment':
      return settlePayment(command, inventory, rules);
    case 'ReleaseReservation':
      return releaseReservation(command, inventory);
    case 'ReinstateReservation':
      return reinstateReservation(command, inventory, rules);
    case 'RefundReservation':
      return refundReservation(command, inventory);
    case 'ExchangeSeats':
      return exchangeSeats(command, inventory, rules);
    default:
      return decideOperation(command, inventory);
  }
}

type ReservationCommand = Extract<
  SeatInventoryCommand,
  { type: 'OpenInventory' | 'ReserveSeats' | 'StartPayment' | `${string}Reservation` }
>;
type Operation = Exclude<
  SeatInventoryCommand,
  ReservationCommand | { type: 'SettlePayment' | 'ExchangeSeats' }
>;

/** Decides a command of an organizer or of a background process. */
function decideOperation(command: Operation, inventory: SeatInventory): SeatInventoryDecision {
  switch (command.type) {
    case 'WithdrawSaleChange':
      return withdrawSaleChange(command, inventory);
    case 'ExpireReservations':
      return expireReservations(command, inventory);
    case 'BlockSeats':
      return blockSeats(command, inventory);
    case 'UnblockSeats':
      return unblockSeats(command, inventory);
    case 'MoveOnSale':
      return moveOnSale(command, inventory);
    case 'MoveSalesEnd':
      return moveSalesEnd(command, inventory);
    case 'CloseSales':
      return closeSales(command, inventory);
    case 'CancelSale':
      return cancelSale(command, inventory);
    case 'UndoSales':
      return undoSales(command, inventory);
  }
}
