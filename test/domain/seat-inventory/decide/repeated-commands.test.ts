import type { SeatInventoryCommand } from '../../../../src/domain/seat-inventory/commands.js';
import { decide } from '../../../../src/domain/seat-inventory/decide/decide.js';
import type { SeatInventoryEvent } from '../../../../src/domain/seat-inventory/events.js';
import { given, inventoryAfter, pictureOf } from '../../../support/seat-inventory/given.js';
import {
  block,
  cancel,
  close,
  confirm,
  exchange,
  expire,
  moveOnSale,
  moveSalesEnd,
  open,
  refund,
  reinstate,
  release,
  reserve,
  reserveBest,
  settle,
  startPayment,
  unblock,
  undo,
  withdraw,
} from '../../../support/seat-inventory/commands.js';
import {
  blocked,
  cancelled,
  confirmed,
  expired,
  opened,
  reserved,
} from '../../../support/seat-inventory/events.js';
import { HOLD_SECONDS, secondsAfterNoon } from '../../../support/seat-inventory/rules.js';

const late = secondsAfterNoon(HOLD_SECONDS);
const held = [opened(), reserved('r1', ['A1'])];
const sold = [...held, confirmed('r1', ['A1'])];

/** Every command where it has something to do. A command that is missing here does not compile. */
const commands: Record<
  SeatInventoryCommand['type'],
  [SeatInventoryEvent[], SeatInventoryCommand, string[]][]
> = {
  OpenInventory: [[[], open(), ['InventoryOpened']]],
  ReserveSeats: [
    [[opened()], reserve(['A1']), ['SeatsReserved']],
    [[opened()], reserveBest({ quantity: 2 }), ['SeatsReserved']],
    [
      [opened(), reserved('r0', ['A1'], { by: 'bob' })],
      reserve(['A1'], { at: late }),
      ['ReservationExpired', 'SeatsReserved'],
    ],
  ],
  StartPayment: [[held, startPayment('r1'), ['PaymentStarted']]],
  ConfirmReservation: [[held, confirm('r1'), ['ReservationConfirmed']]],
  SettlePayment: [
    [held, settle('r1'), ['ReservationConfirmed']],
    [
      [...held, expired('r1', ['A1'])],
      settle('r1'),
      ['ReservationReinstated', 'ReservationConfirmed'],
    ],
    [[...held, confirmed('r1', ['A1'])], settle('r1', { paid: 'pay-2' }), ['PaymentTurnedDown']],
  ],
  ExpireReservations: [[held, expire(['r1'], late), ['ReservationExpired']]],
  ReleaseReservation: [[held, release('r1'), ['ReservationReleased']]],
  ReinstateReservation: [
    [
      [...held, expired('r1', ['A1'])],
      reinstate('r1'),
      ['ReservationReinstated', 'ReservationConfirmed'],
    ],
  ],
  RefundReservation: [[[...held, confirmed('r1', ['A1'])], refund('r1'), ['ReservationRefunded']]],
  BlockSeats: [[[opened()], block(['A1', 'A2']), ['SeatsBlocked']]],
  UnblockSeats: [[[opened(), blocked(['A1'])], unblock(['A1', 'A2']), ['SeatsUnblocked']]],
  ExchangeSeats: [
    [sold, exchange('r1', ['A2']), ['SeatsExchanged']],
    [
      [...sold, reserved('r2', ['A2'], { by: 'bob' })],
      exchange('r1', ['A2'], { at: late }),
      ['ReservationExpired', 'SeatsExchanged'],
    ],
    [sold, exchange('r1', ['A2', 'C1'], { paid: 'pay-2', cents: 3_000 }), ['SeatsExchanged']],
    [sold, exchange('r1', ['A2', 'C1'], { paid: 'pay-2', cents: 2_999 }), ['PaymentTurnedDown']],
  ],
  WithdrawSaleChange: [[sold, withdraw('r1', 'change-1'), ['SaleChangeWithdrawn']]],
  MoveSalesEnd: [[[opened()], moveSalesEnd('2026-06-12T18:00:00.000Z'), ['SalesEndMoved']]],
  MoveOnSale: [[[opened()], moveOnSale(), ['OnSaleMoved']]],
  CloseSales: [[[opened()], close(), ['SalesClosed']]],
  CancelSale: [[sold, cancel(), ['SaleCancelled']]],
  UndoSales: [
    [
      [...sold, reserved('r2', ['A2'], { by: 'bob' }), cancelled(1)],
      undo(),
      ['ReservationRefunded', 'ReservationReleased'],
    ],
  ],
};
const cases = Object.entries(commands).flatMap(([name, situations]) =>
  situations.map(([events, command, types]) => ({ name, types, events, command })),
);

const eventsOf = (events: SeatInventoryEvent[], command: SeatInventoryCommand) => {
  const decision = decide(command, inventoryAfter(events));
  if (!decision.accepted) throw new Error(decision.rejection.code);
  return [...decision.events];
};

describe.each(cases)('$name ($types)', ({ events, command, types }) => {
  it('writes its domain events', () =>
    expect(eventsOf(events, command).map(({ type }) => type)).toEqual(types));
  it('the same command twice appends nothing new', () =>
    given(...events, ...eventsOf(events, command))
      .when(command)
      .thenNothing());
  it('the same command later appends nothing new', () =>
    given(...events, ...eventsOf(events, command))
      .when({ ...command, now: command.now + 5_000 })
      .thenNothing());
  it('survives being stored: read back as JSON it folds to the same', () => {
    const written = [...events, ...eventsOf(events, command)];
    expect(pictureOf(inventoryAfter(JSON.parse(JSON.stringify(written))))).toEqual(
      pictureOf(inventoryAfter(written)),
    );
  });
});

/**
 * Storage format. A name that is in somebody's log is never renamed, and never taken out of this
 * list.
 */
const STORED_NAMES = [
  'InventoryOpened',
  'OnSaleMoved',
  'PaymentStarted',
  'PaymentTurnedDown',
  'ReservationConfirmed',
  'ReservationExpired',
  'ReservationRefunded',
  'ReservationReinstated',
  'ReservationReleased',
  'SaleCancelled',
  'SaleChangeWithdrawn',
  'SalesClosed',
  'SalesEndMoved',
  'SeatsBlocked',
  'SeatsExchanged',
  'SeatsReserved',
  'SeatsUnblocked',
];

it('no domain event is renamed, none is new without being listed', () => {
  const written = cases.flatMap(({ events, command }) =>
    eventsOf(events, command).map(({ type }) => type),
  );
  expect([...new Set(written)].sort()).toEqual(STORED_NAMES);
});

it('no domain event carries more than its fields: a name there is storage format too', () => {
  const fields = new Map(
    cases.flatMap(({ events, command }) =>
      eventsOf(events, command).map(({ type, data }) => [type, Object.keys(data).sort().join(' ')]),
    ),
  );
  expect(Object.fromEntries([...fields].sort())).toEqual({
    InventoryOpened:
      'eventId holdCapSeconds holdSeconds maxSeatsPerCustomer onSaleAt openedAt prices ' +
      'seatCount seatingPlanHash singleSeatRule',
    OnSaleMoved: 'movedAt onSaleAt',
    PaymentStarted: 'expiresAt reservationId startedAt',
    PaymentTurnedDown: 'paymentReference reason reservationId turnedDownAt',
    ReservationConfirmed: 'confirmedAt paymentReference reservationId seatIds',
    ReservationExpired: 'expiredAt reservationId seatIds',
    ReservationRefunded: 'reason refundedAt reservationId seatIds',
    ReservationReinstated: 'expiresAt reinstatedAt reservationId seatIds',
    ReservationReleased: 'releasedAt reservationId seatIds',
    SaleCancelled: 'cancelledAt reason sales',
    SaleChangeWithdrawn: 'changeId reservationId withdrawnAt',
    SalesClosed: 'closedAt reason',
    SalesEndMoved: 'movedAt salesEndAt',
    SeatsBlocked: 'blockedAt reason seatIds',
    SeatsExchanged:
      'exchangedAt fromSeatIds fromTotal paymentReference reservationId seatIds total',
    SeatsReserved: 'customerId expiresAt requestDigest reservationId reservedAt seatIds total',
    SeatsUnblocked: 'seatIds unblockedAt',
  });
});
