import type { SeatLetter, SeatRow } from './seat-rows.js';

/** Change of one event's seats by one domain event. Every domain event moves the revision. */
export type SeatStatusChange = { readonly eventId: string; readonly revision: number } & (
  | {
      readonly kind: 'inventory-opened';
      readonly seatingPlanHash: string;
      readonly seatCount: number;
      /** ISO 8601. */
      readonly onSaleAt: string | null;
    }
  | {
      readonly kind: 'seats-moved';
      readonly seatIds: readonly string[];
      readonly from: SeatLetter;
      readonly to: SeatLetter;
      readonly reservationId: string | null;
    }
  | { readonly kind: 'on-sale-moved'; readonly onSaleAt: string | null }
  | { readonly kind: 'sales-closed' }
  | { readonly kind: 'revision-only' }
);

export interface OpenedRow {
  event_id: string;
  seating_plan_hash: string;
  seat_count: number;
  on_sale_at: string | null;
  revision: number;
}

export type Counts = Record<SeatLetter, number>;

/** Changes of one event's inventory by one batch. */
export interface InventoryChange {
  readonly eventId: string;
  readonly afterRevision: number;
  revision: number;
  readonly counts: Counts;
  salesClosed: boolean;
  /** Undefined: not moved. */
  onSaleAt: string | null | undefined;
  /** The last status of each seat wins. */
  readonly seats: Map<string, SeatRow>;
}

/** Merges the changes of one batch into one change per event. */
export function coalesce(changes: readonly SeatStatusChange[]): {
  opened: OpenedRow[];
  inventories: InventoryChange[];
} {
  const opened: OpenedRow[] = [];
  const inventories = new Map<string, InventoryChange>();
  for (const change of changes) {
    const { eventId, revision } = change;
    const inventory = inventories.get(eventId) ?? unchanged(change);
    inventories.set(eventId, inventory);
    inventory.revision = revision;
    if (change.kind === 'inventory-opened') {
      const {
        seatingPlanHash: seating_plan_hash,
        seatCount: seat_count,
        onSaleAt: on_sale_at,
      } = change;
      opened.push({ event_id: eventId, seating_plan_hash, seat_count, on_sale_at, revision });
    } else if (change.kind === 'on-sale-moved') {
      inventory.onSaleAt = change.onSaleAt;
    } else if (change.kind === 'sales-closed') {
      inventory.salesClosed = true;
    } else if (change.kind === 'seats-moved') {
      moveSeats(inventory, change);
    }
  }
  return { opened, inventories: [...inventories.values()] };
}

const unchanged = ({ eventId, revision }: SeatStatusChange): InventoryChange => ({
  eventId,
  afterRevision: revision - 1,
  revision,
  counts: { a: 0, r: 0, s: 0, b: 0 },
  salesClosed: false,
  onSaleAt: undefined,
  seats: new Map(),
});

function moveSeats(
  { eventId, counts, seats }: InventoryChange,
  {
    seatIds,
    from,
    to,
    reservationId,
    revision,
  }: Extract<SeatStatusChange, { kind: 'seats-moved' }>,
): void {
  counts[from] -= seatIds.length;
  counts[to] += seatIds.length;
  for (const seatId of seatIds) {
    seats.set(seatId, {
      event_id: eventId,
      seat_id: seatId,
      status: to,
      reservation_id: reservationId,
      revision,
    });
  }
}
