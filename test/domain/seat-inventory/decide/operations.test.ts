import {
  MAX_EXPIRED_PER_COMMAND,
  MAX_SEATS_EXPIRED_PER_COMMAND,
  MAX_SEATS_PER_BLOCK,
} from '../../../../src/domain/seat-inventory/commands.js';
import { decide } from '../../../../src/domain/seat-inventory/decide/decide.js';
import { MAX_EVENT_BYTES } from '../../../../src/ports/event-store/event-store.js';
import { given, inventoryAfter } from '../../../support/seat-inventory/given.js';
import { block, close, expire, unblock } from '../../../support/seat-inventory/commands.js';
import {
  blocked,
  closed,
  confirmed,
  expired,
  opened,
  paymentStarted,
  released,
  reserved,
  unblocked,
} from '../../../support/seat-inventory/events.js';
import { HOLD_SECONDS, NOON, secondsAfterNoon } from '../../../support/seat-inventory/rules.js';
import { rectangularPlan, layoutOf } from '../../../support/seat-inventory/plans.js';

const late = secondsAfterNoon(HOLD_SECONDS);
const held = reserved('r1', ['A1', 'A2']);

describe.each([
  ['ExpireReservations', expire(['r1'])],
  ['BlockSeats', block(['A1'])],
  ['UnblockSeats', unblock(['A1'])],
  ['CloseSales', close()],
])('%s', (_, command) => {
  it('is refused before the event exists', () =>
    given().when(command).thenRejected({ code: 'event-not-found' }));
});

describe('ExpireReservations', () => {
  it('ends the named holds that are past their time, in the order named', () =>
    given(opened(), held, reserved('r2', ['A3'], { by: 'bob' }))
      .when(expire(['r2', 'r1'], late))
      .then(expired('r2', ['A3'], late), expired('r1', ['A1', 'A2'], late)));
  it('leaves holds alone that are not named', () =>
    given(opened(), held, reserved('r2', ['A3'], { by: 'bob' }))
      .when(expire(['r2'], late))
      .then(expired('r2', ['A3'], late)));
  it('leaves a hold alone until the very millisecond', () =>
    given(opened(), held)
      .when(expire(['r1'], late - 1))
      .thenNothing());
  it('leaves a hold alone whose payment has lengthened it', () =>
    given(opened(), held, paymentStarted('r1', late + 1))
      .when(expire(['r1'], late))
      .thenNothing());
  it.each([
    ['confirmed', confirmed('r1', ['A1', 'A2'])],
    ['released', released('r1', ['A1', 'A2'])],
    ['expired', expired('r1', ['A1', 'A2'])],
  ])('leaves a reservation alone that has been %s', (_, since) =>
    given(opened(), held, since)
      .when(expire(['r1'], late))
      .thenNothing(),
  );
  it('passes over holds that it does not know', () =>
    given(opened(), held)
      .when(expire(['r9', 'r1'], late))
      .then(expired('r1', ['A1', 'A2'], late)));
  it('ends a hold that is named twice once', () =>
    given(opened(), held)
      .when(expire(['r1', 'r1'], late))
      .then(expired('r1', ['A1', 'A2'], late)));
  it('goes on after sales have closed', () =>
    given(opened(), held, closed())
      .when(expire(['r1'], late))
      .then(expired('r1', ['A1', 'A2'], late)));

  /**
   * One expiry after the other until nothing is left; how many domain events and seats each wrote.
   */
  const written = (holds: number, seatsEach: number) => {
    const layout = layoutOf(rectangularPlan(holds * seatsEach));
    const events = Array.from({ length: holds }, (_, at) =>
      reserved(`r${at}`, layout.seatIds.slice(at * seatsEach, (at + 1) * seatsEach)),
    );
    const left = new Set(events.map((_, at) => `r${at}`));
    const log = [opened(), ...events];
    const sizes: [events: number, seats: number][] = [];
    for (;;) {
      const decision = decide(expire([...left], late), inventoryAfter(log, layout));
      const ended = decision.accepted ? decision.events : [];
      if (ended.length === 0) return sizes;
      log.push(...ended);
      sizes.push([
        ended.length,
        ended.flatMap(({ data }) => ('seatIds' in data ? data.seatIds : [])).length,
      ]);
    }
  };
  it('ends a hundred holds at most, the rest next time', () =>
    expect(written(MAX_EXPIRED_PER_COMMAND + 1, 1)).toEqual([
      [MAX_EXPIRED_PER_COMMAND, MAX_EXPIRED_PER_COMMAND],
      [1, 1],
    ]));
  it(
    'ends holds of two thousand seats at most, the rest next time, so that they fit ' +
      'one append',
    () =>
      expect(written(MAX_SEATS_EXPIRED_PER_COMMAND / 100 + 1, 100)).toEqual([
        [MAX_SEATS_EXPIRED_PER_COMMAND / 100, MAX_SEATS_EXPIRED_PER_COMMAND],
        [1, 100],
      ]),
  );
});

describe('BlockSeats', () => {
  it('takes free seats off sale', () =>
    given(opened())
      .when(block(['A1', 'C4']))
      .then(blocked(['A1', 'C4'])));
  it('passes over seats that are blocked already', () =>
    given(opened(), blocked(['A1']))
      .when(block(['A1', 'A2']))
      .then(blocked(['A2'])));
  it('changes nothing when all are', () =>
    given(opened(), blocked(['A1']))
      .when(block(['A1']))
      .thenNothing());
  it('may be done after sales have closed', () =>
    given(opened(), closed())
      .when(block(['A1']))
      .then(blocked(['A1'])));
  it('is refused, whole, when a customer holds or owns some, and names them', () =>
    given(opened(), held, reserved('r2', ['A4'], { by: 'bob' }), confirmed('r2', ['A4']))
      .when(block(['A2', 'A3', 'A4']))
      .thenRejected({ code: 'seats-unavailable', unavailableSeatIds: ['A2', 'A4'] }));
  it('is refused while a hold past its time is not expired', () =>
    given(opened(), held)
      .when(block(['A1'], late))
      .thenRejected({ code: 'seats-unavailable', unavailableSeatIds: ['A1'] }));
});

describe('UnblockSeats', () => {
  it('puts blocked seats back on sale', () =>
    given(opened(), blocked(['A1', 'A2']))
      .when(unblock(['A2']))
      .then(unblocked(['A2'])));
  it('passes over seats that are on sale already', () =>
    given(opened(), blocked(['A1']))
      .when(unblock(['A1', 'A2']))
      .then(unblocked(['A1'])));
  it('changes nothing when all are', () =>
    given(opened())
      .when(unblock(['A1']))
      .thenNothing());
  it('never frees a seat that a customer holds or owns', () =>
    given(opened(), held, blocked(['A3']))
      .when(unblock(['A2', 'A3']))
      .thenRejected({ code: 'seats-unavailable', unavailableSeatIds: ['A2'] }));
});

describe.each([
  ['BlockSeats', block],
  ['UnblockSeats', unblock],
])('%s', (_, command) => {
  const tooMany = layoutOf(rectangularPlan(MAX_SEATS_PER_BLOCK + 1)).seatIds;
  it.each([
    ['no seat', [], { code: 'no-seats-requested' }],
    ['a seat twice', ['A1', 'A1'], { code: 'seats-repeated', seatIds: ['A1'] }],
    ['a seat that the plan lacks', ['A9'], { code: 'seats-unknown', seatIds: ['A9'] }],
  ] as const)('refuses %s', (_name, seatIds, rejection) =>
    given(opened()).when(command(seatIds)).thenRejected(rejection),
  );
  it('refuses more seats than one domain event should name', () => {
    const decision = decide(
      command(tooMany),
      inventoryAfter([opened()], layoutOf(rectangularPlan(tooMany.length))),
    );
    expect(decision).toEqual({
      accepted: false,
      rejection: { code: 'too-many-seats', limit: MAX_SEATS_PER_BLOCK, alreadyYours: 0 },
    });
  });
});

it('the most seats of one block, with the longest names, fit one domain event', () => {
  const longest = Array.from({ length: MAX_SEATS_PER_BLOCK }, (_, at) =>
    String(at).padStart(64, '席'),
  );
  expect(Buffer.byteLength(JSON.stringify(longest))).toBeLessThan(MAX_EVENT_BYTES * 0.9);
});

describe('CloseSales', () => {
  it('ends the sale', () => given(opened()).when(close()).then(closed()));
  it('again changes nothing', () =>
    given(opened(), closed())
      .when(close(NOON + 1))
      .thenNothing());
});
