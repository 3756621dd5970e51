import { join } from 'node:path';
import { bowlPlan } from '../../../src/demo/samples/bowl-plan.js';
import { readSamples } from '../../../src/demo/samples/read-samples.js';
import {
  pickBestAvailable,
  type SeatRequest,
} from '../../../src/domain/seat-inventory/picking/best-available.js';
import {
  SOLD,
  type SeatAvailability,
} from '../../../src/domain/seat-inventory/state/availability.js';
import { buildLayout } from '../../../src/domain/seating-plan/build-layout.js';
import {
  importSeatingPlan,
  type SeatingPlan,
} from '../../../src/domain/seating-plan/import/import.js';
import type { SeatLayout } from '../../../src/domain/seating-plan/layout.js';
import { availabilityOf } from '../../support/seat-inventory/drawn-plan.js';

/**
 * Processor time, so that a busy machine does not count. In jest's sandbox every look at a global
 * costs half a microsecond, so plain Node is several times as fast: the bounds only catch work that
 * grows with the wrong thing.
 */
const MOST_MS_FOR_IMPORT = 3_000;
const MOST_MICROSECONDS_FOR_PICK = 20_000;
const PICKS = 100;
const WARM_UP_PICKS = 20;

/** How full the house is, by seat; the noise is the same in every run. */
const STATES: readonly [string, (layout: SeatLayout) => SeatAvailability][] = [
  ['empty', (layout) => availabilityOf(layout, () => true)],
  ['half sold, best seats first', (layout) => soldByDistance(layout, 0.5)],
  ['half sold, here and there', (layout) => availabilityOf(layout, (seat) => noise(seat) < 0.5)],
  ['every other seat sold', (layout) => availabilityOf(layout, (seat) => seat % 2 === 0)],
  ['every third seat sold', (layout) => availabilityOf(layout, (seat) => seat % 3 > 0)],
  ['one in fifty left', (layout) => availabilityOf(layout, (seat) => noise(seat) < 0.02)],
  ['sold out', (layout) => availabilityOf(layout, () => false)],
];

const REQUESTS: readonly [string, SeatRequest][] = [
  ['2', { quantity: 2, rule: 'lenient' }],
  ['3 strict', { quantity: 3, rule: 'strict' }],
  ['4 strict', { quantity: 4, rule: 'strict' }],
  ['6 Upper', { quantity: 6, rule: 'lenient', category: 'Upper' }],
];

describe('a stadium takes little of the writer’s time', () => {
  it.each([
    [
      54_000,
      async () => (await readSamples(join(import.meta.dirname, '../../../samples'))).stadium,
    ],
    [94_000, () => Promise.resolve(bowlPlan({ name: 'Bowl', capacity: 94_000 }))],
  ])('with %p seats', async (seatCount, read) => {
    const given = await read();
    let plan: SeatingPlan | undefined;
    const importing = processorTime(() => {
      const imported = importSeatingPlan(given);
      plan = imported.ok ? imported.plan : undefined;
    });
    const layout = buildLayout(plan!, 'hash');
    expect(layout.seatCount).toBe(seatCount);

    const lines = [
      `${seatCount} seats: import ${(importing / 1_000).toFixed(0)} ms; one pick in microseconds`,
    ];
    const slowest = Math.max(
      ...STATES.flatMap(([state, make]) => {
        const availability = make(layout);
        const times = REQUESTS.map(([, request]) => timeOfPick(layout, availability, request));
        const row = REQUESTS.map(([name], at) => `${name}: ${times[at]!.toFixed(0)}`).join('   ');
        lines.push(`  ${state.padEnd(28)} ${row}`);
        return times;
      }),
    );
    console.info(lines.join('\n'));
    expect(importing).toBeLessThan(MOST_MS_FOR_IMPORT * 1_000);
    expect(slowest).toBeLessThan(MOST_MICROSECONDS_FOR_PICK);
  });
});

/** Microseconds of one pick, once warmed up. */
function timeOfPick(
  layout: SeatLayout,
  availability: SeatAvailability,
  request: SeatRequest,
): number {
  for (let pick = 0; pick < WARM_UP_PICKS; pick++) pickBestAvailable(layout, availability, request);
  const all = processorTime(() => {
    for (let pick = 0; pick < PICKS; pick++) pickBestAvailable(layout, availability, request);
  });
  return all / PICKS;
}

/** In microseconds. */
function processorTime(work: () => void): number {
  const before = process.cpuUsage();
  work();
  return process.cpuUsage(before).user;
}

/** The writer's own pattern: the nearest seats are gone, in parties of one to four. */
function soldByDistance(layout: SeatLayout, share: number): SeatAvailability {
  const availability = availabilityOf(layout, () => true);
  for (let sold = 0; sold < layout.seatCount * share;) {
    const seats = pickBestAvailable(layout, availability, {
      quantity: 1 + (sold % 4),
      rule: 'lenient',
    })!;
    for (const seat of seats) {
      availability.status[seat] = SOLD;
      availability.freeInRun[layout.runOf[seat]!]!--;
    }
    sold += seats.length;
  }
  return availability;
}

/** From 0 to 1, the same for the same seat. */
function noise(seat: number): number {
  const mixed = Math.imul(seat + 1, 0x9e3779b1);
  return (Math.imul(mixed ^ (mixed >>> 15), 0x85ebca6b) >>> 0) / 2 ** 32;
}
