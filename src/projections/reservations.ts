import { SEAT_INVENTORY, type SeatInventoryEvent } from '../domain/seat-inventory/events.js';
import type { ReservationStatus } from '../domain/seat-inventory/reservation.js';
import type { RecordedEvent } from '../ports/event-store/event-store.js';
import {
  reservations,
  type ReservationChange,
} from '../read-models/seat-inventory/reservations.js';
import { unknownType, type Projection } from './projection.js';

export const reservationsProjection: Projection<ReservationChange> = {
  readModel: reservations,
  prefixes: [SEAT_INVENTORY],
  project: (recorded) => {
    const change = project(recorded);
    return change && [change];
  },
};

function project(recorded: RecordedEvent): ReservationChange | undefined {
  const event = { type: recorded.type, data: recorded.data } as SeatInventoryEvent;
  const eventId = recorded.stream.slice(SEAT_INVENTORY.length);
  const revision = Number(recorded.revision);
  const ended = (reservationId: string, status: ReservationStatus) =>
    ({ kind: 'changed', eventId, reservationId, revision, status }) as const;

  switch (event.type) {
    case 'SeatsReserved': {
      const { reservationId, customerId, seatIds, total, reservedAt, expiresAt } = event.data;
      const reservation = { reservationId, customerId, seatIds, total, reservedAt, expiresAt };
      return { kind: 'reserved', eventId, revision, ...reservation };
    }
    case 'PaymentStarted': {
      const { reservationId, expiresAt } = event.data;
      return { kind: 'changed', eventId, reservationId, revision, expiresAt };
    }
    case 'ReservationReinstated': {
      const { reservationId, expiresAt } = event.data;
      return { kind: 'changed', eventId, reservationId, revision, status: 'held', expiresAt };
    }
    case 'ReservationConfirmed': {
      const { reservationId, paymentReference } = event.data;
      return { ...ended(reservationId, 'confirmed'), paymentReference };
    }
    case 'ReservationExpired':
      return ended(event.data.reservationId, 'expired');
    case 'ReservationReleased':
      return ended(event.data.reservationId, 'released');
    case 'ReservationRefunded':
      return { ...ended(event.data.reservationId, 'refunded'), refundReason: event.data.reason };
    case 'SeatsExchanged': {
      const { reservationId, seatIds, total } = event.data;
      return { kind: 'changed', eventId, reservationId, revision, seatIds, total };
    }
    case 'InventoryOpened':
    case 'PaymentTurnedDown':
    case 'SaleChangeWithdrawn':
    case 'SeatsBlocked':
    case 'SeatsUnblocked':
    case 'OnSaleMoved':
    case 'SalesEndMoved':
    case 'SalesClosed':
    case 'SaleCancelled':
      return undefined;
    default:
      throw unknownType(event);
  }
}
