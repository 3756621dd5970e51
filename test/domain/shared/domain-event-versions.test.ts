import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SENTENCES } from '../../../src/audit/sentences.js';
import { currentVersionOf, upcast, versionedTypes } from '../../../src/domain/shared/upcasters.js';

const FIXTURES = join(import.meta.dirname, '../../fixtures');
const FOLDER = join(FIXTURES, 'domain-events');
const digests = JSON.parse(
  readFileSync(join(FIXTURES, 'domain-events.sha256.json'), 'utf8'),
) as Record<string, string>;

interface Fixture {
  readonly type: string;
  readonly schemaVersion: number;
  readonly data: Record<string, unknown>;
}

const files = readdirSync(FOLDER).sort();
const read = (file: string): Fixture =>
  JSON.parse(readFileSync(join(FOLDER, file), 'utf8')) as Fixture;
const fixtures = files.map(read);
/** Every type that the product writes: one that is new has no fixture yet, and fails here. */
const types = Object.keys(SENTENCES);

const upcasted = (type: string, schemaVersion: number, data: unknown) =>
  upcast({ type, data, metadata: { schemaVersion } });

describe('Every domain event that was ever stored', () => {
  it('has a fixture that nobody has changed', () => {
    expect(files).toEqual(Object.keys(digests).sort());
    for (const file of files) {
      const digest = createHash('sha256')
        .update(readFileSync(join(FOLDER, file)))
        .digest('hex');
      expect([file, digest]).toEqual([file, digests[file]]);
    }
  });

  it.each(types)('%s: each of its versions has one', (type) => {
    const versions = new Set(
      fixtures.filter((fixture) => fixture.type === type).map(({ schemaVersion }) => schemaVersion),
    );
    expect([...versions].sort()).toEqual(
      Array.from({ length: currentVersionOf(type) }, (_, at) => at + 1),
    );
  });

  it('is known here', () => {
    expect(types).toEqual(expect.arrayContaining(fixtures.map(({ type }) => type)));
    expect(types).toEqual(expect.arrayContaining([...versionedTypes()]));
  });

  it.each(files)('%s: is read in the newest shape', (file) => {
    const { type, schemaVersion, data } = read(file);
    const newest = fixtures.find(
      (fixture) => fixture.type === type && fixture.schemaVersion === currentVersionOf(type),
    )!;
    const event = upcasted(type, schemaVersion, data);
    expect(event.metadata.schemaVersion).toBe(currentVersionOf(type));
    expect(shapeOf(event.data)).toEqual(shapeOf(newest.data));
    expect(upcast(event)).toBe(event);
    expect(() => SENTENCES[type as keyof typeof SENTENCES](event.data as never)).not.toThrow();
  });

  it('of a later version stays as it is', () => {
    const event = upcasted('VenueRegistered', currentVersionOf('VenueRegistered') + 1, {
      categories: 'new',
    });
    expect(event.data).toEqual({ categories: 'new' });
  });

  it('without a version is of the first', () => {
    const { data } = upcast({
      type: 'VenueRegistered',
      data: { categories: ['Stalls'] },
      metadata: {},
    });
    expect(data).toEqual({ categories: [{ name: 'Stalls', seatCount: 1 }] });
  });

  it('keeps what it said: why a sale was undone, and how many seats a category has', () => {
    const kept = (file: string) => {
      const { type, schemaVersion, data } = read(file);
      return upcasted(type, schemaVersion, data).data;
    };
    expect(kept('ReservationRefunded.v1-with-reason.json')).toMatchObject({
      reason: 'event-cancelled',
    });
    expect(kept('ReservationRefunded.v1.json')).toMatchObject({ reason: 'refunded-by-organizer' });
    expect(kept('VenueRegistered.v1-with-counts.json')).toEqual(kept('VenueRegistered.v2.json'));
  });
});

/** Names and kinds of values, at any depth. */
function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.length > 0 ? [shapeOf(value[0])] : [];
  if (typeof value !== 'object' || value === null) return value === null ? 'null' : typeof value;
  return Object.fromEntries(
    Object.entries(value)
      .map(([name, member]): [string, unknown] => [name, shapeOf(member)])
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}
