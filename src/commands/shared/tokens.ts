import { token } from '../../ports/shared/token.js';
import type { Payments } from '../payment/payments.js';
import type { Settlement } from '../payment/settlement.js';
import type { HoldRulesOfEvents } from '../seat-inventory/hold-rules.js';
import type { InventoryWriters } from '../seat-inventory/writer/inventory-writers.js';
import type { SeatingPlans } from '../seating-plan/seating-plans.js';
import type { TicketVoids } from '../ticket/ticket-voids.js';
import type { WaitingRoomLog } from '../waiting-room/waiting-room-log.js';
import type { WaitingRooms } from '../waiting-room/waiting-rooms.js';

export * from '../../ports/shared/tokens.js';

/** Injection tokens of the command side. */
export const SEATING_PLANS = token<SeatingPlans>('SeatingPlans');
export const INVENTORY_WRITERS = token<InventoryWriters>('InventoryWriters');
export const HOLD_RULES = token<HoldRulesOfEvents>('HoldRules');
export const TICKET_VOIDS = token<TicketVoids>('TicketVoids');
export const PAYMENTS = token<Payments>('Payments');
export const SETTLEMENT = token<Settlement>('Settlement');
export const WAITING_ROOMS = token<WaitingRooms>('WaitingRooms');
export const WAITING_ROOM_LOG = token<WaitingRoomLog>('WaitingRoomLog');
