import { seatInventoryStream } from '../../../../src/domain/seat-inventory/events.js';
import { reserve } from '../../../support/seat-inventory/commands.js';
import { rectangularPlan } from '../../../support/seat-inventory/plans.js';
import type { Sale, ShopNode } from '../../../support/write-side.js';

export const hall = rectangularPlan(520);
export const seatIds = hall.zones[0]!.rows.flatMap(({ seats }) => seats.map(({ id }) => id));

/** A seat of the hall for a buyer of its own. */
export const reserveSeat = (at: number) =>
  reserve([seatIds[at]!], { as: `r${at}`, by: `buyer-${at}` });

/** The revisions that a node began to read a sale's stream from. */
export const readsOf = (sale: Sale, { traffic }: ShopNode) =>
  traffic.reads
    .filter(({ stream }) => stream === seatInventoryStream(sale.eventId))
    .map(({ from }) => from);
