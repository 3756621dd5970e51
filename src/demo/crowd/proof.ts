import {
  seatInventoryStream,
  type SeatInventoryEvent,
} from '../../domain/seat-inventory/events.js';
import type { EventStore } from '../../ports/event-store/event-store.js';

/** Facts about a sale, read from the log without trusting the code that wrote it. */
export interface Proof {
  readonly domainEvents: number;
  readonly seatsSold: number;
  /** Seats that were sold while another buyer owned them. Must be empty. */
  readonly soldTwice: readonly string[];
  /** Seats that were held for one customer while another held or owned them. Must be empty. */
  readonly heldTwice: readonly string[];
  /** Reservations still held. */
  readonly holdsLeft: number;
  readonly takings: number;
}

/** Follows every seat through the stream with nothing but a map from seat to reservation. */
export async function proveSale(eventStore: EventStore, eventId: string): Promise<Proof> {
  const seats = new SeatHistory();
  for await (const recorded of eventStore.readStream(seatInventoryStream(eventId)))
    seats.apply(recorded as unknown as SeatInventoryEvent);
  return seats.proof();
}

class SeatHistory {
  private readonly holderOf = new Map<string, string>();
  private readonly ownerOf = new Map<string, string>();
  private readonly totals = new Map<string, number>();
  private readonly soldTwice: string[] = [];
  private readonly heldTwice: string[] = [];
  private domainEvents = 0;
  private takings = 0;

  apply(event: SeatInventoryEvent): void {
    this.domainEvents++;
    switch (event.type) {
      case 'SeatsReserved':
        this.totals.set(event.data.reservationId, event.data.total.amountMinor);
        return this.hold(event.data);
      case 'ReservationReinstated':
        return this.hold(event.data);
      case 'ReservationConfirmed':
        return this.sell(event.data);
      case 'SeatsExchanged':
        return this.exchange(event.data);
      case 'ReservationExpired':
      case 'ReservationReleased':
        return this.free(event.data.seatIds);
      case 'ReservationRefunded':
        this.takings -= this.totalOf(event.data.reservationId);
        return this.free(event.data.seatIds);
      default:
        return;
    }
  }

  proof(): Proof {
    const { domainEvents, soldTwice, heldTwice, takings } = this;
    const holdsLeft = new Set(this.holderOf.values()).size;
    return {
      domainEvents,
      seatsSold: this.ownerOf.size,
      soldTwice,
      heldTwice,
      holdsLeft,
      takings,
    };
  }

  private hold({ reservationId, seatIds }: Seats): void {
    for (const seatId of seatIds) {
      if (this.isTaken(seatId)) this.heldTwice.push(seatId);
      this.holderOf.set(seatId, reservationId);
    }
  }

  private sell({ reservationId, seatIds }: Seats): void {
    this.takings += this.totalOf(reservationId);
    for (const seatId of seatIds) {
      if (this.ownerOf.has(seatId) || this.holderOf.get(seatId) !== reservationId)
        this.soldTwice.push(seatId);
      this.holderOf.delete(seatId);
      this.ownerOf.set(seatId, reservationId);
    }
  }

  private exchange({ reservationId, fromSeatIds, seatIds, total }: Exchange): void {
    this.takings += total.amountMinor - this.totalOf(reservationId);
    this.totals.set(reservationId, total.amountMinor);
    this.free(fromSeatIds);
    for (const seatId of seatIds) {
      if (this.isTaken(seatId)) this.soldTwice.push(seatId);
      this.ownerOf.set(seatId, reservationId);
    }
  }

  private free(seatIds: readonly string[]): void {
    for (const seatId of seatIds) {
      this.holderOf.delete(seatId);
      this.ownerOf.delete(seatId);
    }
  }

  private isTaken(seatId: string): boolean {
    return this.ownerOf.has(seatId) || this.holderOf.has(seatId);
  }

  private totalOf(reservationId: string): number {
    return this.totals.get(reservationId) ?? 0;
  }
}

interface Seats {
  readonly reservationId: string;
  readonly seatIds: readonly string[];
}

type Exchange = Extract<SeatInventoryEvent, { type: 'SeatsExchanged' }>['data'];
