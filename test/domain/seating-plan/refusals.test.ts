import fc from 'fast-check';
import {
  importSeatingPlan,
  type PlanProblemCode,
} from '../../../src/domain/seating-plan/import.js';
import { MAX_PROBLEMS } from '../../../src/domain/seating-plan/limits.js';
import {
  many,
  plan,
  row,
  seat,
  withArea,
  withSeat,
  withSeats,
  zone,
  type Json,
} from '../../support/seat-inventory/pretix.js';

const refusals: readonly [what: string, input: unknown, code: PlanProblemCode, path: string][] = [
  ['null', null, 'plan-malformed', ''],
  ['a list', [], 'plan-malformed', ''],
  ['a text', 'plan', 'plan-malformed', ''],
  [
    'a plan without a name',
    plan([zone([row([seat('1')])])], { name: undefined }),
    'plan-malformed',
    '/name',
  ],
  ['an empty name', plan([zone([row([seat('1')])])], { name: '' }), 'name-invalid', '/name'],
  [
    'an overlong name',
    plan([zone([row([seat('1')])])], { name: 'x'.repeat(201) }),
    'name-invalid',
    '/name',
  ],
  ['a name with a control character', plan([], { name: 'a\u0000b' }), 'name-invalid', '/name'],
  ['half of a surrogate pair', plan([], { name: 'a\ud800' }), 'name-invalid', '/name'],
  ['no categories', plan([], { categories: undefined }), 'plan-malformed', '/categories'],
  ['categories that are no list', plan([], { categories: {} }), 'plan-malformed', '/categories'],
  [
    'a category that is no object',
    plan([], { categories: ['A'] }),
    'plan-malformed',
    '/categories/0',
  ],
  [
    'a category without a name',
    plan([], { categories: [{}] }),
    'plan-malformed',
    '/categories/0/name',
  ],
  [
    'a repeated category',
    plan([], { categories: [{ name: 'A' }, { name: 'A' }] }),
    'category-repeated',
    '/categories/1/name',
  ],
  [
    '201 categories',
    plan([], { categories: many(201, (at) => ({ name: `${at}` })) }),
    'too-many-categories',
    '/categories',
  ],
  ['no zones', plan(undefined), 'plan-malformed', '/zones'],
  ['zones that are no list', plan('zones'), 'plan-malformed', '/zones'],
  ['a zone that is no object', plan([7]), 'plan-malformed', '/zones/0'],
  ['65,536 zones', plan(many(65_536, () => null)), 'too-many-zones', '/zones'],
  [
    'a zone without a position',
    plan([zone([row([seat('1')])], { position: undefined })]),
    'plan-malformed',
    '/zones/0/position',
  ],
  ['a zone without rows', plan([zone(undefined)]), 'plan-malformed', '/zones/0/rows'],
  [
    'a zone with a name that is an object',
    plan([zone([], { name: {} })]),
    'plan-malformed',
    '/zones/0/name',
  ],
  ['250,001 rows', plan([zone(many(250_001, () => null))]), 'too-many-rows', '/zones/0/rows'],
  ['a row that is no object', plan([zone([false])]), 'plan-malformed', '/zones/0/rows/0'],
  [
    'a row without a number',
    plan([zone([row([seat('1')], { row_number: undefined })])]),
    'plan-malformed',
    '/zones/0/rows/0/row_number',
  ],
  [
    'a row with an overlong number',
    plan([zone([row([seat('1')], { row_number: '1'.repeat(65) })])]),
    'name-invalid',
    '/zones/0/rows/0/row_number',
  ],
  [
    'a row without seats',
    plan([zone([row(undefined)])]),
    'plan-malformed',
    '/zones/0/rows/0/seats',
  ],
  ['a row of 10,001 seats', withSeats(10_001), 'row-too-long', '/zones/0/rows/0/seats'],
  ['250,001 seats', withSeats(250_001), 'too-many-seats', '/zones/0/rows/0/seats'],
  ['no seats at all', plan([zone([row([])])]), 'plan-without-seats', '/zones'],
  ['no zones in the list', plan([]), 'plan-without-seats', '/zones'],
  [
    'a seat that is no object',
    plan([zone([row([null])])]),
    'plan-malformed',
    '/zones/0/rows/0/seats/0',
  ],
  [
    'a seat without a guid',
    withSeat({ seat_guid: undefined }),
    'plan-malformed',
    '/zones/0/rows/0/seats/0/seat_guid',
  ],
  [
    'an empty guid',
    withSeat({ seat_guid: '' }),
    'seat-guid-invalid',
    '/zones/0/rows/0/seats/0/seat_guid',
  ],
  [
    'an overlong guid',
    withSeat({ seat_guid: 'x'.repeat(65) }),
    'seat-guid-invalid',
    '/zones/0/rows/0/seats/0/seat_guid',
  ],
  [
    'a guid with a line break',
    withSeat({ seat_guid: 'a\nb' }),
    'seat-guid-invalid',
    '/zones/0/rows/0/seats/0/seat_guid',
  ],
  [
    'a repeated guid',
    plan([zone([row([seat('1')]), row([seat('2'), seat('1')])])]),
    'seat-guid-repeated',
    '/zones/0/rows/1/seats/1/seat_guid',
  ],
  [
    'a guid repeated as a number',
    plan([zone([row([seat('1'), seat(1)])])]),
    'seat-guid-repeated',
    '/zones/0/rows/0/seats/1/seat_guid',
  ],
  [
    'a seat without a number',
    withSeat({ seat_number: undefined }),
    'plan-malformed',
    '/zones/0/rows/0/seats/0/seat_number',
  ],
  [
    'a seat without a position',
    withSeat({ position: undefined }),
    'plan-malformed',
    '/zones/0/rows/0/seats/0/position',
  ],
  [
    'a position of texts',
    withSeat({ position: { x: '1', y: '2' } }),
    'plan-malformed',
    '/zones/0/rows/0/seats/0/position',
  ],
  [
    'an endless position',
    withSeat({ position: { x: Infinity, y: 0 } }),
    'position-invalid',
    '/zones/0/rows/0/seats/0/position',
  ],
  [
    'a position that is no number',
    withSeat({ position: { x: NaN, y: 0 } }),
    'position-invalid',
    '/zones/0/rows/0/seats/0/position',
  ],
  [
    'a position far out',
    withSeat({ position: { x: 0, y: -1_000_001 } }),
    'position-invalid',
    '/zones/0/rows/0/seats/0/position',
  ],
  [
    'a seat without a category',
    withSeat({ category: undefined }),
    'plan-malformed',
    '/zones/0/rows/0/seats/0/category',
  ],
  [
    'an unknown category',
    withSeat({ category: 'B' }),
    'category-unknown',
    '/zones/0/rows/0/seats/0/category',
  ],
  [
    'a category named like a property of every object',
    withSeat({ category: 'constructor' }),
    'category-unknown',
    '/zones/0/rows/0/seats/0/category',
  ],
  [
    'areas that are no list',
    plan([zone([row([seat('1')])], { areas: {} })]),
    'plan-malformed',
    '/zones/0/areas',
  ],
  ['an area that is no object', withArea('Stage'), 'plan-malformed', '/zones/0/areas/0'],
  ['an area without a width', withArea({ height: 5 }), 'plan-malformed', '/zones/0/areas/0/width'],
  [
    'a circle without a radius',
    withArea({ shape: 'circle', circle: {} }),
    'plan-malformed',
    '/zones/0/areas/0/circle/radius',
  ],
  [
    '2,001 areas',
    plan([zone([row([seat('1')])], { areas: many(2_001, () => null) })]),
    'too-many-areas',
    '/zones/0/areas',
  ],
  [
    'a size that is a number',
    plan([zone([row([seat('1')])])], { size: 5 }),
    'plan-malformed',
    '/size',
  ],
  [
    'a negative width',
    plan([zone([row([seat('1')])])], { size: { width: -1, height: 1 } }),
    'plan-malformed',
    '/size/width',
  ],
  [
    'a focal point without y',
    plan([zone([row([seat('1')])])], { focalPoint: { x: 1 } }),
    'plan-malformed',
    '/focalPoint',
  ],
];

describe('a seating plan that cannot be imported', () => {
  it.each(refusals)('refuses %s', (_, input, code, path) => {
    const imported = importSeatingPlan(input);
    expect(imported).toMatchObject({
      ok: false,
      problems: expect.arrayContaining([expect.objectContaining({ code, path })]),
    });
    for (const { detail } of imported.ok ? [] : imported.problems)
      expect(detail).toMatch(/^[A-Z].*\.$/);
  });

  it('reports every problem up to a limit, and stops there', () => {
    const bad = plan([zone([row([seat('', { category: 'B' }), seat('x', { position: 1 })])])], {
      name: 7.5,
    });
    const imported = importSeatingPlan(bad);
    expect(imported.ok ? [] : imported.problems.map(({ code }) => code)).toEqual([
      'seat-guid-invalid',
      'category-unknown',
      'plan-malformed',
    ]);
    const hopeless = importSeatingPlan(plan([zone([row(many(1_000, () => ({})))])]));
    expect(hopeless.ok ? 0 : hopeless.problems.length).toBe(MAX_PROBLEMS);
  });

  it('never throws, whatever the JSON', () => {
    const keys = [
      'name',
      'categories',
      'zones',
      'rows',
      'seats',
      'position',
      'x',
      'y',
      'seat_guid',
      'areas',
      'shape',
      'size',
      '__proto__',
    ];
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof(
        { maxDepth: 6 },
        fc.jsonValue(),
        fc.array(tie('tree'), { maxLength: 3 }),
        fc.dictionary(fc.constantFrom(...keys), tie('tree')),
      ),
    }));
    fc.assert(
      fc.property(tree, (value) => {
        const answer = importSeatingPlan(JSON.parse(JSON.stringify(value) ?? 'null'));
        expect(answer.ok || answer.problems.length > 0).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it('reports a wrong value in place of any part of a good plan', () => {
    const good = plan([
      zone([row([seat('1'), seat('2')])], {
        areas: [{ width: 1, height: 1, position: { x: 0, y: 0 }, text: 'Bar' }],
      }),
    ]);
    for (const path of [
      'name',
      'categories',
      'categories.0',
      'categories.0.name',
      'zones',
      'zones.0',
      'zones.0.position',
      'zones.0.rows',
      'zones.0.rows.0',
      'zones.0.rows.0.seats',
      'zones.0.rows.0.seats.1',
      'zones.0.rows.0.seats.1.seat_guid',
      'zones.0.rows.0.seats.1.position.x',
      'zones.0.areas.0',
      'zones.0.areas.0.text',
    ]) {
      for (const wrong of [true, [1], 'x'.repeat(300)]) {
        const answer = importSeatingPlan(replaced(good, path.split('.'), wrong));
        expect([path, answer.ok]).toEqual([path, false]);
      }
    }
  });
});

function replaced(value: unknown, [key, ...rest]: string[], wrong: unknown): unknown {
  if (key === undefined) return wrong;
  const copy = Array.isArray(value) ? [...(value as unknown[])] : { ...(value as Json) };
  const fields = copy as Json;
  fields[key] = replaced(fields[key], rest, wrong);
  return copy;
}
