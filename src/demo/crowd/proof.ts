import {
  seatInventoryStream,
  type SeatInventoryEvent,
} from '../../domain/seat-inventory/events.js';
import type { EventStore } from '../../ports/event-store/event-store.js';

/** Facts about a sale, read from the log without trusting the code that wrote it. */
export interface Proof {
  readonly domainEvents: number;
  readonly seatsSold: number;
  /** Seats that were sold while somebody else owned them. Must be empty. */
  readonly soldTwice: readonly string[];
  /** Seats that were held for one customer while another held or owned them. Must be empty. */
  readonly heldTwice: readonly string[];
  /** Reservations still held. */
  readonly holdsLeft: number;
  readonly takings: number;
}

/** Follows every seat through the stream with nothing but a map from seat to reservation. */
export async function proveSale(eventStore: EventStore, eventId: string): Promise<Proof> {
  const holderOf = new Map<string, string>();
  const ownerOf = new Map<string, string>();
  const totals = new Map<string, number>();
  const soldTwice: string[] = [];
  const heldTwice: string[] = [];
  let domainEvents = 0;
  let takings = 0;
  const free = (seatIds: readonly string[]) =>
    seatIds.forEach((seatId) => (holderOf.delete(seatId), ownerOf.delete(seatId)));

  for await (const recorded of eventStore.readStream(seatInventoryStream(eventId))) {
    const event = recorded as unknown as SeatInventoryEvent;
    domainEvents++;
    if (event.type === 'SeatsReserved')
      totals.set(event.data.reservationId, event.data.total.amountMinor);
    if (event.type === 'SeatsReserved' || event.type === 'ReservationReinstated') {
      const { reservationId, seatIds } = event.data;
      for (const seatId of seatIds) {
        if (holderOf.has(seatId) || ownerOf.has(seatId)) heldTwice.push(seatId);
        holderOf.set(seatId, reservationId);
      }
    } else if (event.type === 'ReservationConfirmed') {
      const { reservationId, seatIds } = event.data;
      takings += totals.get(reservationId) ?? 0;
      for (const seatId of seatIds) {
        if (ownerOf.has(seatId) || holderOf.get(seatId) !== reservationId) soldTwice.push(seatId);
        holderOf.delete(seatId);
        ownerOf.set(seatId, reservationId);
      }
    } else if (event.type === 'SeatsExchanged') {
      const { reservationId, fromSeatIds, seatIds, total } = event.data;
      takings += total.amountMinor - (totals.get(reservationId) ?? 0);
      totals.set(reservationId, total.amountMinor);
      free(fromSeatIds);
      for (const seatId of seatIds) {
        if (ownerOf.has(seatId) || holderOf.has(seatId)) soldTwice.push(seatId);
        ownerOf.set(seatId, reservationId);
      }
    } else if (event.type === 'ReservationExpired' || event.type === 'ReservationReleased') {
      free(event.data.seatIds);
    } else if (event.type === 'ReservationRefunded') {
      takings -= totals.get(event.data.reservationId) ?? 0;
      free(event.data.seatIds);
    }
  }
  const holdsLeft = new Set(holderOf.values()).size;
  return { domainEvents, seatsSold: ownerOf.size, soldTwice, heldTwice, holdsLeft, takings };
}
