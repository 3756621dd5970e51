import type { SeatInventoryEvent } from '../domain/seat-inventory/events.js';

type Status = 'held' | 'confirmed' | 'expired' | 'released' | 'refunded';

/** Facts about a sale, read from its log without the fold that decides commands. */
export interface SaleProof {
  readonly domainEvents: number;
  /** Reservation that holds or owns the seat. */
  readonly holderOf: ReadonlyMap<string, string>;
  readonly statusOf: ReadonlyMap<string, Status>;
  readonly seatsOf: ReadonlyMap<string, readonly string[]>;
  /** Seats that were confirmed and not given back. */
  readonly sold: readonly string[];
  /** Seats that were sold while another reservation had them. Must be empty. */
  readonly soldTwice: readonly string[];
  /** Seats that were held for a reservation while another had them. Must be empty. */
  readonly heldTwice: readonly string[];
  /** Reservations with seats that are neither sold nor given back. */
  readonly holdsLeft: number;
  /** Minor units. */
  readonly takings: number;
  /** All faults of the log. Must be empty. */
  readonly faults: readonly string[];
}

export interface LoggedEvent {
  readonly revision: bigint;
  readonly type: string;
  readonly data: unknown;
}

type Handlers = {
  [T in SeatInventoryEvent['type']]?: (
    data: Extract<SeatInventoryEvent, { type: T }>['data'],
    revision: bigint,
  ) => string | undefined;
};

/** Reads the log of one inventory, event by event from revision 0. */
export class SaleProver {
  private readonly holderOf = new Map<string, string>();
  /** Reservation that bought the seat. */
  private readonly ownerOf = new Map<string, string>();
  private readonly statusOf = new Map<string, Status>();
  private readonly seatsOf = new Map<string, readonly string[]>();
  private readonly totalOf = new Map<string, number>();
  private readonly blocked = new Set<string>();
  private readonly soldTwice: string[] = [];
  private readonly heldTwice: string[] = [];
  private readonly faults: string[] = [];
  private next = 0n;
  private takings = 0;

  /**
   * Returns the fault of this event: a missing revision, a seat given to two reservations at once,
   * or a change that the reservation's status forbids. It is applied all the same.
   */
  read(event: LoggedEvent): string | undefined {
    const missing = event.revision === this.next ? undefined : `revision ${this.next} is missing`;
    this.next = event.revision + 1n;
    const { type, data } = event as unknown as SeatInventoryEvent;
    const fault = this.handlers[type]?.(data as never, event.revision);
    for (const found of [missing, fault]) if (found !== undefined) this.faults.push(found);
    return missing ?? fault;
  }

  proof(): SaleProof {
    const { holderOf, statusOf, seatsOf, soldTwice, heldTwice, takings, faults } = this;
    const held = [...holderOf].filter(([seatId]) => !this.ownerOf.has(seatId));
    return {
      ...{ holderOf, statusOf, seatsOf, soldTwice, heldTwice, takings, faults },
      domainEvents: Number(this.next),
      sold: [...this.ownerOf.keys()],
      holdsLeft: new Set(held.map(([, holder]) => holder)).size,
    };
  }

  private readonly handlers: Handlers = {
    InventoryOpened: (_, revision) => (revision === 0n ? undefined : 'opened twice'),
    SeatsReserved: ({ reservationId, seatIds, total }) => {
      const repeated = this.statusOf.has(reservationId) && `${reservationId} was made before`;
      this.totalOf.set(reservationId, total.amountMinor);
      const taken = this.give(reservationId, seatIds, 'held', this.heldTwice);
      return repeated || taken;
    },
    PaymentStarted: ({ reservationId }) =>
      this.statusOf.get(reservationId) === 'held' ? undefined : `${reservationId} is not held`,
    ReservationConfirmed: ({ reservationId, seatIds }) => {
      const fault = this.faultOfMove(reservationId, seatIds, 'held');
      this.soldTwice.push(
        ...seatIds.filter(
          (seatId) => this.ownerOf.has(seatId) || this.holderOf.get(seatId) !== reservationId,
        ),
      );
      this.takings += this.totalOf.get(reservationId) ?? 0;
      for (const seatId of seatIds) {
        this.holderOf.set(seatId, reservationId);
        this.ownerOf.set(seatId, reservationId);
      }
      this.statusOf.set(reservationId, 'confirmed');
      return fault;
    },
    ReservationExpired: ({ reservationId, seatIds }) =>
      this.end(reservationId, seatIds, 'held', 'expired'),
    ReservationReleased: ({ reservationId, seatIds }) =>
      this.end(reservationId, seatIds, 'held', 'released'),
    ReservationRefunded: ({ reservationId, seatIds }) => {
      this.takings -= this.totalOf.get(reservationId) ?? 0;
      return this.end(reservationId, seatIds, 'confirmed', 'refunded');
    },
    ReservationReinstated: ({ reservationId, seatIds }) => {
      const status = this.statusOf.get(reservationId);
      const isOver = status === 'expired' || status === 'released';
      const taken = this.give(reservationId, seatIds, 'held', this.heldTwice);
      return isOver ? taken : `${reservationId} is ${status}`;
    },
    SeatsBlocked: ({ seatIds }) => {
      for (const seatId of seatIds) this.blocked.add(seatId);
      return this.faultOfBlock(seatIds);
    },
    SeatsUnblocked: ({ seatIds }) => {
      for (const seatId of seatIds) this.blocked.delete(seatId);
      return this.faultOfBlock(seatIds);
    },
    SeatsExchanged: ({ reservationId, fromSeatIds, seatIds, total }) => {
      this.takings += total.amountMinor - (this.totalOf.get(reservationId) ?? 0);
      this.totalOf.set(reservationId, total.amountMinor);
      const fault = this.end(reservationId, fromSeatIds, 'confirmed', 'refunded');
      const taken = this.give(reservationId, seatIds, 'confirmed', this.soldTwice);
      for (const seatId of seatIds) this.ownerOf.set(seatId, reservationId);
      return taken ?? fault;
    },
  };

  private give(id: string, seatIds: readonly string[], status: Status, twice: string[]) {
    const taken = seatIds.filter((seatId) => this.holderOf.has(seatId));
    twice.push(...taken);
    const unavailable = seatIds.filter(
      (seatId) => taken.includes(seatId) || this.blocked.has(seatId),
    );
    for (const seatId of seatIds) this.holderOf.set(seatId, id);
    this.statusOf.set(id, status);
    this.seatsOf.set(id, seatIds);
    return unavailable.length > 0 ? `${unavailable.join(', ')} taken already` : undefined;
  }

  private end(id: string, seatIds: readonly string[], from: Status, to: Status) {
    const fault = this.faultOfMove(id, seatIds, from);
    this.statusOf.set(id, to);
    for (const seatId of seatIds) {
      this.holderOf.delete(seatId);
      this.ownerOf.delete(seatId);
    }
    return fault;
  }

  private faultOfMove(id: string, seatIds: readonly string[], from: Status): string | undefined {
    const status = this.statusOf.get(id);
    if (status !== from) return `${id} is ${status}, not ${from}`;
    if (seatIds.join() !== this.seatsOf.get(id)?.join()) return `${id} has other seats`;
    const isHolder = seatIds.every((seatId) => this.holderOf.get(seatId) === id);
    return isHolder ? undefined : `${id} does not hold its seats`;
  }

  private faultOfBlock(seatIds: readonly string[]): string | undefined {
    const held = seatIds.filter((seatId) => this.holderOf.has(seatId));
    return held.length > 0 ? `${held.join(', ')} belong to customers` : undefined;
  }
}
