import fc from 'fast-check';
import { importSeatingPlan } from '../../../../src/domain/seating-plan/import/import.js';
import { MAX_PROBLEMS } from '../../../../src/domain/seating-plan/limits.js';
import { many, plan, row, seat, zone, type Json } from '../../../support/seat-inventory/pretix.js';
import { refusals } from './refusals.fixture.js';

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
