import { SEAT_INVENTORY, type SeatInventoryEvent } from '../domain/seat-inventory/events.js';
import type { RecordedEvent } from '../ports/event-store/event-store.js';
import type { SeatLetter } from '../read-models/seat-inventory/seat-rows.js';
import { seatStatus, type SeatStatusChange } from '../read-models/seat-inventory/seat-status.js';
import { unknownType, type Projection } from './projection.js';

export const seatStatusProjection: Projection<SeatStatusChange> = {
  readModel: seatStatus,
  prefixes: [SEAT_INVENTORY],
  project,
};

function project(recorded: RecordedEvent): SeatStatusChange[] {
  const event = { type: recorded.type, data: recorded.data } as SeatInventoryEvent;
  const eventId = recorded.stream.slice(SEAT_INVENTORY.length);
  const revision = Number(recorded.revision);
  const moved = (
    from: SeatLetter,
    to: SeatLetter,
    seatIds: readonly string[],
    holder: string | null,
  ) =>
    [
      { kind: 'seats-moved', eventId, revision, seatIds, from, to, reservationId: holder },
    ] as SeatStatusChange[];

  switch (event.type) {
    case 'InventoryOpened': {
      const { seatingPlanHash, seatCount, onSaleAt } = event.data;
      return [
        { kind: 'inventory-opened', eventId, revision, seatingPlanHash, seatCount, onSaleAt },
      ];
    }
    case 'SeatsReserved':
    case 'ReservationReinstated':
      return moved('a', 'r', event.data.seatIds, event.data.reservationId);
    case 'ReservationConfirmed':
      return moved('r', 's', event.data.seatIds, event.data.reservationId);
    case 'ReservationExpired':
    case 'ReservationReleased':
      return moved('r', 'a', event.data.seatIds, null);
    case 'ReservationRefunded':
      return moved('s', 'a', event.data.seatIds, null);
    case 'SeatsExchanged': {
      const { reservationId, fromSeatIds, seatIds } = event.data;
      const given = fromSeatIds.filter((seatId) => !seatIds.includes(seatId));
      const taken = seatIds.filter((seatId) => !fromSeatIds.includes(seatId));
      return [...moved('s', 'a', given, null), ...moved('a', 's', taken, reservationId)];
    }
    case 'SeatsBlocked':
      return moved('a', 'b', event.data.seatIds, null);
    case 'SeatsUnblocked':
      return moved('b', 'a', event.data.seatIds, null);
    case 'OnSaleMoved':
      return [{ kind: 'on-sale-moved', eventId, revision, onSaleAt: event.data.onSaleAt }];
    case 'SalesClosed':
    case 'SaleCancelled':
      return [{ kind: 'sales-closed', eventId, revision }];
    case 'PaymentStarted':
    case 'PaymentTurnedDown':
    case 'SalesEndMoved':
    case 'SaleChangeWithdrawn':
      return [{ kind: 'revision-only', eventId, revision }];
    default:
      throw unknownType(event);
  }
}
