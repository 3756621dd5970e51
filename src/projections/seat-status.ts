import { SEAT_INVENTORY, type SeatInventoryEvent } from '../domain/seat-inventory/events.js';
import type { RecordedEvent } from '../ports/event-store/event-store.js';
import type { SeatLetter } from '../read-models/seat-inventory/seat-rows.js';
import type { SeatStatusChange } from '../read-models/seat-inventory/inventory-changes.js';
import { seatStatus } from '../read-models/seat-inventory/seat-status.js';
import { handle, type Handlers, type Projection } from './projection.js';

export const seatStatusProjection: Projection<SeatStatusChange> = {
  readModel: seatStatus,
  prefixes: [SEAT_INVENTORY],
  project: (recorded) => handle(HANDLERS, recorded),
};

interface MovedSeats {
  readonly seatIds: readonly string[];
}

interface ReservedSeats extends MovedSeats {
  readonly reservationId: string;
}

const versionOf = ({ stream, revision }: RecordedEvent) => ({
  eventId: stream.slice(SEAT_INVENTORY.length),
  revision: Number(revision),
});

function moved(
  from: SeatLetter,
  to: SeatLetter,
  seatIds: readonly string[],
  reservationId: string | null,
  recorded: RecordedEvent,
): SeatStatusChange {
  return { kind: 'seats-moved', ...versionOf(recorded), seatIds, from, to, reservationId };
}

/** Handler for an event after which a reservation has the seats. */
const taken =
  (from: SeatLetter, to: SeatLetter) =>
  ({ seatIds, reservationId }: ReservedSeats, recorded: RecordedEvent) => [
    moved(from, to, seatIds, reservationId, recorded),
  ];

/** Handler for an event after which no reservation has the seats. */
const freed =
  (from: SeatLetter, to: SeatLetter) =>
  ({ seatIds }: MovedSeats, recorded: RecordedEvent) => [moved(from, to, seatIds, null, recorded)];

const salesClosed = (_: unknown, recorded: RecordedEvent): SeatStatusChange[] => [
  { kind: 'sales-closed', ...versionOf(recorded) },
];

const revisionOnly = (_: unknown, recorded: RecordedEvent): SeatStatusChange[] => [
  { kind: 'revision-only', ...versionOf(recorded) },
];

const HANDLERS: Handlers<SeatInventoryEvent, SeatStatusChange[]> = {
  InventoryOpened: ({ seatingPlanHash, seatCount, onSaleAt }, recorded) => [
    { kind: 'inventory-opened', ...versionOf(recorded), seatingPlanHash, seatCount, onSaleAt },
  ],
  SeatsReserved: taken('a', 'r'),
  ReservationReinstated: taken('a', 'r'),
  ReservationConfirmed: taken('r', 's'),
  ReservationExpired: freed('r', 'a'),
  ReservationReleased: freed('r', 'a'),
  ReservationRefunded: freed('s', 'a'),
  SeatsExchanged: ({ reservationId, fromSeatIds, seatIds }, recorded) => {
    const returned = fromSeatIds.filter((seatId) => !seatIds.includes(seatId));
    const added = seatIds.filter((seatId) => !fromSeatIds.includes(seatId));
    return [
      moved('s', 'a', returned, null, recorded),
      moved('a', 's', added, reservationId, recorded),
    ];
  },
  SeatsBlocked: freed('a', 'b'),
  SeatsUnblocked: freed('b', 'a'),
  OnSaleMoved: ({ onSaleAt }, recorded) => [
    { kind: 'on-sale-moved', ...versionOf(recorded), onSaleAt },
  ],
  SalesClosed: salesClosed,
  SaleCancelled: salesClosed,
  PaymentStarted: revisionOnly,
  PaymentTurnedDown: revisionOnly,
  SalesEndMoved: revisionOnly,
  SaleChangeWithdrawn: revisionOnly,
};
