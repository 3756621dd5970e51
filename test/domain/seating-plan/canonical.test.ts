import { createHash } from 'node:crypto';
import {
  canonicalPlanJson,
  parseCanonicalPlan,
} from '../../../src/domain/seating-plan/canonical.js';
import type { Json } from '../../support/seat-inventory/pretix.js';
import { imported, VENUE_PLAN } from './layout.fixture.js';

describe('the canonical text of a plan', () => {
  it('is read back as the same plan', () => {
    const read = imported(VENUE_PLAN);
    expect(parseCanonicalPlan(canonicalPlanJson(read))).toEqual(read);
    const withFocus = imported({ ...VENUE_PLAN, focalPoint: { x: 1.5, y: -2 } });
    expect(parseCanonicalPlan(canonicalPlanJson(withFocus))).toEqual(withFocus);
  });

  it('is the same whatever the order of keys and the unknown fields', () => {
    const shuffled = reversedKeys({ ...VENUE_PLAN, uuid: 'x', version: '0.0.2' });
    expect(Object.keys(shuffled as Json)[0]).toBe('version');
    expect(canonicalPlanJson(imported(shuffled))).toBe(canonicalPlanJson(imported(VENUE_PLAN)));
  });

  it('is the same after it was stored and read', () => {
    const text = canonicalPlanJson(imported(VENUE_PLAN));
    expect(canonicalPlanJson(parseCanonicalPlan(text))).toBe(text);
  });

  it('never changes: plans are stored under its hash', () => {
    const hash = createHash('sha256')
      .update(canonicalPlanJson(imported(VENUE_PLAN)))
      .digest('hex');
    expect(hash).toBe('78bad887efe939ef96c82a7ea399254226e87f5d092f34df647ffcb17e209f93');
  });

  it.each([
    ['a seat moves', { y: 1 }],
    ['a seat changes its category', { category: 'B' }],
    ['a seat changes its number', { seat_number: '9' }],
    ['a seat changes its name', { seat_guid: 'other' }],
  ])('is another when %s', (_, change) => {
    const { y = 0, ...fields } = change as Json;
    const changed = structuredClone(VENUE_PLAN) as { zones: { rows: { seats: Json[] }[] }[] };
    const first = changed.zones[0]!.rows[0]!.seats[0]!;
    Object.assign(first, fields, { position: { x: 0, y } });
    expect(canonicalPlanJson(imported(changed))).not.toBe(canonicalPlanJson(imported(VENUE_PLAN)));
  });

  it('is refused when it is of a version not known', () => {
    expect(() => parseCanonicalPlan('{"version":99,"zones":[]}')).toThrow('unknown version 99');
  });
});

function reversedKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversedKeys);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toReversed()
      .map(([key, field]) => [key, reversedKeys(field)]),
  );
}
