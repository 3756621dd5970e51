import { readFileSync } from 'node:fs';
import {
  MAX_SEATS_PER_BLOCK,
  type SeatInventoryCommand,
  type SeatInventoryRejection,
} from '../../../../src/domain/seat-inventory/commands.js';
import { decide } from '../../../../src/domain/seat-inventory/decide/decide.js';
import type { SeatInventoryEvent } from '../../../../src/domain/seat-inventory/events.js';
import { inventoryAfter } from '../../../support/seat-inventory/given.js';
import {
  block,
  confirm,
  exchange,
  expire,
  refund,
  reinstate,
  release,
  reserve,
  reserveBest,
  startPayment,
} from '../../../support/seat-inventory/commands.js';
import {
  blocked,
  cancelled,
  closed,
  confirmed,
  expired,
  opened,
  refunded,
  released,
  reserved,
} from '../../../support/seat-inventory/events.js';

type Code = SeatInventoryRejection['code'];

/**
 * Two reasons that can hold at once. Take the first away, and the second is given: so it did hold
 * before.
 */
interface Clash {
  first: Code;
  second: Code;
  both: [SeatInventoryEvent[], SeatInventoryCommand];
  onlySecond: [SeatInventoryEvent[], SeatInventoryCommand];
}

const notYet = opened({ onSaleAt: '2026-07-01T00:00:00.000Z' });
const over = opened({ salesEndAt: '2026-06-11T12:00:00.000Z' });
const limited = opened({ maxSeatsPerCustomer: 2 });
const bobs = reserved('r0', ['A1'], { by: 'bob' });
const r1 = (...since: SeatInventoryEvent[]) => [opened(), reserved('r1', ['A1']), ...since];
const manySeats = Array.from({ length: MAX_SEATS_PER_BLOCK + 1 }, (_, at) => `Z${at}`);

const clashes: Clash[] = [
  {
    first: 'event-not-found',
    second: 'reservation-not-found',
    both: [[], confirm('r1')],
    onlySecond: [[opened()], confirm('r1')],
  },
  {
    first: 'event-not-found',
    second: 'no-seats-requested',
    both: [[], reserve([])],
    onlySecond: [[opened()], reserve([])],
  },
  ...(
    [
      ['reservation-expired', startPayment, expired('r1', ['A1'])],
      ['reservation-released', confirm, released('r1', ['A1'])],
      ['reservation-confirmed', release, confirmed('r1', ['A1'])],
      ['reservation-not-confirmed', refund, released('r1', ['A1'])],
      ['reservation-not-expired', reinstate, confirmed('r1', ['A1'], { paid: 'pay-0' })],
    ] as const
  ).map(([second, command, since]): Clash => ({
    first: 'reservation-not-found',
    second,
    both: [r1(since), command('r1', { by: 'bob' })],
    onlySecond: [r1(since), command('r1')],
  })),
  {
    first: 'reservation-not-found',
    second: 'reservation-refunded',
    both: [r1(confirmed('r1', ['A1']), refunded('r1', ['A1'])), release('r1', { by: 'bob' })],
    onlySecond: [r1(confirmed('r1', ['A1']), refunded('r1', ['A1'])), release('r1')],
  },
  {
    first: 'reservation-not-expired',
    second: 'seats-unavailable',
    both: [r1(), reinstate('r1')],
    onlySecond: [r1(expired('r1', ['A1']), blocked(['A1'])), reinstate('r1')],
  },
  {
    first: 'reservation-not-expired',
    second: 'event-cancelled',
    both: [r1(confirmed('r1', ['A1'], { paid: 'pay-0' }), cancelled(1)), reinstate('r1')],
    onlySecond: [r1(expired('r1', ['A1']), cancelled(0)), reinstate('r1')],
  },
  {
    first: 'event-cancelled',
    second: 'seats-unknown',
    both: [[opened(), cancelled(0)], block(['Z9'])],
    onlySecond: [[opened()], block(['Z9'])],
  },
  {
    first: 'event-cancelled',
    second: 'event-over',
    both: [[over, cancelled(0)], reserve(['A1'])],
    onlySecond: [[over], reserve(['A1'])],
  },
  {
    first: 'event-over',
    second: 'sales-closed',
    both: [[over, closed()], reserve(['A1'])],
    onlySecond: [[opened(), closed()], reserve(['A1'])],
  },
  {
    first: 'event-cancelled',
    second: 'sales-closed',
    both: [[opened(), closed(), cancelled(0)], reserve(['A1'])],
    onlySecond: [[opened(), closed()], reserve(['A1'])],
  },
  {
    first: 'reservation-not-confirmed',
    second: 'event-cancelled',
    both: [r1(cancelled(0)), exchange('r1', ['A2'])],
    onlySecond: [r1(confirmed('r1', ['A1']), cancelled(1)), exchange('r1', ['A2'])],
  },
  {
    first: 'event-cancelled',
    second: 'seats-repeated',
    both: [r1(confirmed('r1', ['A1']), cancelled(1)), exchange('r1', ['A2', 'A2'])],
    onlySecond: [r1(confirmed('r1', ['A1'])), exchange('r1', ['A2', 'A2'])],
  },
  {
    first: 'seats-unavailable',
    second: 'payment-required',
    both: [r1(confirmed('r1', ['A1']), blocked(['A3'])), exchange('r1', ['A2', 'A3'])],
    onlySecond: [r1(confirmed('r1', ['A1'])), exchange('r1', ['A2', 'A3'])],
  },
  {
    first: 'single-seat-left',
    second: 'payment-required',
    both: [
      [opened({ singleSeatRule: 'strict' }), reserved('r1', ['C1']), confirmed('r1', ['C1'])],
      exchange('r1', ['A2']),
    ],
    onlySecond: [
      [opened(), reserved('r1', ['C1']), confirmed('r1', ['C1'])],
      exchange('r1', ['A2']),
    ],
  },
  {
    first: 'idempotency-key-reused',
    second: 'sales-closed',
    both: [r1(closed()), reserve(['A2'])],
    onlySecond: [r1(closed()), reserve(['A2'], { as: 'r2' })],
  },
  {
    first: 'sales-closed',
    second: 'sales-not-open',
    both: [[notYet, closed()], reserve(['A1'])],
    onlySecond: [[notYet], reserve(['A1'])],
  },
  {
    first: 'sales-not-open',
    second: 'no-seats-requested',
    both: [[notYet], reserve([])],
    onlySecond: [[opened()], reserve([])],
  },
  {
    first: 'no-seats-requested',
    second: 'category-unknown',
    both: [[opened()], reserveBest({ quantity: 0, category: 'Moon' })],
    onlySecond: [[opened()], reserveBest({ quantity: 1, category: 'Moon' })],
  },
  {
    first: 'seats-repeated',
    second: 'seats-unknown',
    both: [[opened()], reserve(['Z1', 'Z1'])],
    onlySecond: [[opened()], reserve(['Z1'])],
  },
  {
    first: 'seats-unknown',
    second: 'too-many-seats',
    both: [[limited], reserve(['A1', 'A2', 'Z1'])],
    onlySecond: [[limited], reserve(['A1', 'A2', 'A3'])],
  },
  {
    first: 'seats-unknown',
    second: 'seats-unavailable',
    both: [[opened(), bobs], block(['A1', ...manySeats])],
    onlySecond: [[opened(), bobs], block(['A1'])],
  },
  {
    first: 'category-unknown',
    second: 'too-many-seats',
    both: [[limited], reserveBest({ quantity: 3, category: 'Moon' })],
    onlySecond: [[limited], reserveBest({ quantity: 3 })],
  },
  {
    first: 'too-many-seats',
    second: 'seats-unavailable',
    both: [[limited, bobs], reserve(['A1', 'A2', 'A3'])],
    onlySecond: [[limited, bobs], reserve(['A1', 'A2'])],
  },
  {
    first: 'too-many-seats',
    second: 'seats-unavailable',
    both: [
      [limited, reserved('r1', ['A1']), expired('r1', ['A1']), bobs, reserved('r2', ['A2', 'A3'])],
      reinstate('r1'),
    ],
    onlySecond: [[limited, reserved('r1', ['A1']), expired('r1', ['A1']), bobs], reinstate('r1')],
  },
  {
    first: 'seats-unavailable',
    second: 'single-seat-left',
    both: [
      [opened({ singleSeatRule: 'strict' }), reserved('r0', ['B1'], { by: 'bob' })],
      reserve(['A2', 'B1']),
    ],
    onlySecond: [[opened({ singleSeatRule: 'strict' })], reserve(['A2'])],
  },
];

/** Neighbours in the list that no command can meet together, and why. */
const never: [Code, Code, string][] = [
  ['event-not-found', 'inventory-already-open', 'only one that exists is open'],
  ['inventory-already-open', 'idempotency-key-reused', 'opening names no reservation'],
  [
    'idempotency-key-reused',
    'reservation-not-found',
    'a reservation that reserving names and that exists is found',
  ],
  ['reservation-expired', 'reservation-released', 'a reservation has one status'],
  ['reservation-released', 'reservation-refunded', 'a reservation has one status'],
  ['reservation-refunded', 'reservation-confirmed', 'a reservation has one status'],
  ['reservation-confirmed', 'reservation-not-confirmed', 'a reservation has one status'],
  [
    'reservation-not-confirmed',
    'reservation-not-expired',
    'one is of refunding, one of reinstating',
  ],
  ['no-seats-requested', 'seats-repeated', 'of no seats none is repeated'],
  ['seats-unknown', 'category-unknown', 'a selection names seats or a category'],
];

/** As the union lists them: the list is the documentation, so it is read from the source itself. */
const listed: Code[] = (() => {
  const source = readFileSync('src/domain/seat-inventory/commands.ts', 'utf8');
  const union = source.slice(source.indexOf('export type SeatInventoryRejection'));
  return [...union.matchAll(/readonly code: '([a-z-]+)'/g)].map(([, code]) => code as Code);
})();

const codeOf = ([events, command]: Clash['both']): Code | undefined => {
  const decision = decide(command, inventoryAfter(events));
  return decision.accepted ? undefined : decision.rejection.code;
};

describe('Of two reasons that hold, the one listed first is given', () => {
  it.each(clashes.map((clash) => [clash.first, clash.second, clash] as const))(
    '%s before %s',
    (first, second, clash) => {
      expect(codeOf(clash.both)).toBe(first);
      expect(codeOf(clash.onlySecond)).toBe(second);
      expect(listed.indexOf(first)).toBeLessThan(listed.indexOf(second));
    },
  );

  it('every reason of the union is in the list once', () => {
    expect(listed).toHaveLength(22);
    expect(new Set(listed).size).toBe(listed.length);
  });

  it('every pair of neighbours in the list is shown above, or cannot meet', () => {
    const shown = [
      ...clashes.map(({ first, second }) => `${first} > ${second}`),
      ...never.map(([a, b]) => `${a} > ${b}`),
    ];
    const neighbours = listed.slice(1).map((code, at) => `${listed[at]} > ${code}`);
    expect(neighbours.filter((pair) => !shown.includes(pair))).toEqual([]);
  });

  it(
    'expiring is refused only for an event that does not exist: what cannot be ' +
      'expired is passed over',
    () => expect(codeOf([[opened()], expire(['r1'])])).toBeUndefined(),
  );
});
