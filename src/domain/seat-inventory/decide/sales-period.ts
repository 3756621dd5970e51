import { accept, reject } from '../../shared/decider.js';
import type {
  CloseSales,
  MoveOnSale,
  MoveSalesEnd,
  OpenInventory,
  SeatInventoryDecision,
} from '../commands.js';

import type { InventoryOpenedData } from '../events.js';
import type { SeatInventory } from '../state/state.js';

export function openInventory(
  { inventory, now }: OpenInventory,
  { rules }: SeatInventory,
): SeatInventoryDecision {
  if (!rules) {
    const openedAt = new Date(now).toISOString();
    return accept({ type: 'InventoryOpened', data: { ...inventory, openedAt } });
  }
  return hasRules(inventory, rules) ? accept() : reject({ code: 'inventory-already-open' });
}

/** Ignores the end of sales: it may have moved since, and older streams do not contain it. */
function hasRules(
  { salesEndAt: _, ...requested }: OpenInventory['inventory'],
  rules: InventoryOpenedData,
): boolean {
  const fields = Object.keys(requested) as (keyof typeof requested)[];
  return fields.every((field) => JSON.stringify(requested[field]) === JSON.stringify(rules[field]));
}

/** A sale that has begun may be postponed. Existing holds and sales stay. */
export function moveOnSale(
  { onSaleAt, now }: MoveOnSale,
  inventory: SeatInventory,
): SeatInventoryDecision {
  if (inventory.onSaleAt === onSaleAt) return accept();
  if (inventory.cancelled) return reject({ code: 'event-cancelled' });
  if (inventory.salesClosed) return reject({ code: 'sales-closed' });
  const movedAt = new Date(now).toISOString();
  return accept({ type: 'OnSaleMoved', data: { onSaleAt, movedAt } });
}

/**
 * Accepted for a canceled event too, and after sales have ended: a postponed event is sold again.
 */
export function moveSalesEnd(
  { salesEndAt, now }: MoveSalesEnd,
  inventory: SeatInventory,
): SeatInventoryDecision {
  if (inventory.salesEndAt === salesEndAt) return accept();
  const movedAt = new Date(now).toISOString();
  return accept({ type: 'SalesEndMoved', data: { salesEndAt, movedAt } });
}

export function closeSales(
  { reason, now }: CloseSales,
  { salesClosed }: SeatInventory,
): SeatInventoryDecision {
  if (salesClosed) return accept();
  const closedAt = new Date(now).toISOString();
  return accept({ type: 'SalesClosed', data: { reason, closedAt } });
}
