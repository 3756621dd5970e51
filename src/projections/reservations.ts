import { SEAT_INVENTORY, type SeatInventoryEvent } from '../domain/seat-inventory/events.js';
import type { ReservationStatus } from '../domain/seat-inventory/state/reservation.js';
import type { RecordedEvent } from '../ports/event-store/event-store.js';
import {
  reservations,
  type ReservationChange,
} from '../read-models/seat-inventory/reservations.js';
import { handle, type Handlers, type Projection } from './projection.js';

export const reservationsProjection: Projection<ReservationChange> = {
  readModel: reservations,
  prefixes: [SEAT_INVENTORY],
  project: (recorded) => {
    const change = handle(HANDLERS, recorded);
    return change && [change];
  },
};

const HANDLERS: Handlers<SeatInventoryEvent, ReservationChange> = {
  SeatsReserved: (data, recorded) => {
    const { reservationId, customerId, seatIds, total, reservedAt, expiresAt } = data;
    const reservation = { reservationId, customerId, seatIds, total, reservedAt, expiresAt };
    return { kind: 'reserved', ...versionOf(recorded), ...reservation };
  },
  PaymentStarted: ({ reservationId, expiresAt }, recorded) => ({
    ...changed(reservationId, recorded),
    expiresAt,
  }),
  ReservationReinstated: ({ reservationId, expiresAt }, recorded) => ({
    ...withStatus('held', reservationId, recorded),
    expiresAt,
  }),
  ReservationConfirmed: ({ reservationId, paymentReference }, recorded) => ({
    ...withStatus('confirmed', reservationId, recorded),
    paymentReference,
  }),
  ReservationExpired: ({ reservationId }, recorded) =>
    withStatus('expired', reservationId, recorded),
  ReservationReleased: ({ reservationId }, recorded) =>
    withStatus('released', reservationId, recorded),
  ReservationRefunded: ({ reservationId, reason }, recorded) => ({
    ...withStatus('refunded', reservationId, recorded),
    refundReason: reason,
  }),
  SeatsExchanged: ({ reservationId, seatIds, total }, recorded) => ({
    ...changed(reservationId, recorded),
    seatIds,
    total,
  }),
  InventoryOpened: null,
  PaymentTurnedDown: null,
  SaleChangeWithdrawn: null,
  SeatsBlocked: null,
  SeatsUnblocked: null,
  OnSaleMoved: null,
  SalesEndMoved: null,
  SalesClosed: null,
  SaleCancelled: null,
};

const versionOf = ({ stream, revision }: RecordedEvent) => ({
  eventId: stream.slice(SEAT_INVENTORY.length),
  revision: Number(revision),
});

const changed = (reservationId: string, recorded: RecordedEvent) =>
  ({ kind: 'changed', ...versionOf(recorded), reservationId }) as const;

const withStatus = (status: ReservationStatus, reservationId: string, recorded: RecordedEvent) => ({
  ...changed(reservationId, recorded),
  status,
});
