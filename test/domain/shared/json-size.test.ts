import { passedLimit } from '../../../src/domain/shared/json-size.js';
import { readVenue, VENUE_LIMITS } from '../../../src/adapters/venue/read-venue.js';
import { bowlPlan } from '../../../src/demo/samples/bowl-plan.js';

const LIMITS = { depth: 3, containers: 5, values: 10, keysOfObject: 3, names: 4 };
const limitOf = (json: string) => passedLimit(Buffer.from(json), LIMITS)?.limit;

describe('the size of JSON, before it is parsed', () => {
  it.each([
    ['three levels', '[[[1]]]'],
    ['brackets in a text', '["[[[[[[[[", "\\"[[[[", {"a{{{{{": "}"}]'],
    ['the same keys in several objects', '[{"a":1,"b":2,"c":3},{"a":1,"b":2,"c":3}]'],
    ['what is not JSON', ']]]]}}}"'],
    ['nothing', ''],
  ])('lets through %s', (_, json) => {
    expect(limitOf(json)).toBeUndefined();
  });

  it.each([
    ['levels', '[[[[1]]]]', 'at most 3 levels'],
    ['levels without an end', '['.repeat(100), 'at most 3 levels'],
    ['objects and lists', '[[],[],{},[],[]]', 'at most 5 objects and lists'],
    ['values', `[${'1,'.repeat(11)}1]`, 'at most 10 values'],
    ['keys of an object', '{"a":1,"b":2,"c":3,"d":4}', 'at most 3 keys in an object'],
    [
      'keys after a nested object',
      '{"a":{"x":"y"},"b":[],"c":3,"d":4}',
      'at most 3 keys in an object',
    ],
    ['different keys', '[{"a":1,"b":2,"c":3},{"d":1,"e":2}]', 'at most 4 different keys'],
    [
      'keys that escapes tell apart',
      '[{"\\u0061":1,"\\n":1},{"a":1,"n":1},{"\\\\":2}]',
      'at most 4 different keys',
    ],
  ])('finds too many %s', (_, json, limit) => {
    expect(limitOf(json)).toBe(limit);
  });
});

it('names the member of the outermost object in which a limit is exceeded', () => {
  const memberOf = (json: string) => passedLimit(Buffer.from(json), LIMITS)?.member;
  expect(memberOf('{"name":{"plan":1},"plan":[[[[')).toBe('plan');
  expect(memberOf('{"plan":{"a":1},"b":1,"c":2,"d":3}')).toBe('d');
  expect(memberOf('[[[[')).toBe('');
});

describe('a venue that is read', () => {
  const read = (json: string) => readVenue(Buffer.from(json));

  it('may have 94,000 seats with twenty more keys each', () => {
    const plan = bowlPlan({ name: 'Bowl', capacity: 94_000 });
    const more = Object.fromEntries(Array.from({ length: 20 }, (_, at) => [`k${at}`, at]));
    for (const { rows } of plan.zones)
      for (const { seats } of rows) for (const seat of seats) Object.assign(seat, more);
    const body = JSON.stringify({ name: 'Bowl', seatingPlan: plan });
    expect(body.length).toBeLessThan(32 * 1024 * 1024);
    expect(read(body)).toMatchObject({
      read: 'whole',
      plan: { seatCount: 94_000 },
      venue: { name: 'Bowl' },
    });
  });

  it.each([
    ['unknown keys', `{${Array.from({ length: 1_001 }, (_, at) => `"a${at}":1`).join()}}`],
    ['brackets', '['.repeat(100)],
    ['values beside the plan', `{"name":[${'1,'.repeat(20_000)}1]}`],
    ['levels beside the plan', `{"name":${'['.repeat(10)}${']'.repeat(10)}}`],
  ])('may not have any number of %s', (_, json) => {
    expect(read(json)).toMatchObject({ read: 'too-large' });
  });

  it.each([
    ['no JSON', '{"name":'],
    ['a prototype', '{"__proto__":{"name":"x"}}'],
    ['a prototype in an escape', '{"\\u005f_proto__":{"name":"x"}}'],
    ['bytes that are not UTF-8', Buffer.from([0x22, 0xff, 0x22])],
  ])('may not be %s', (_, body) => {
    expect(readVenue(Buffer.from(body))).toEqual({ read: 'malformed' });
  });

  it('is refused for each exceeded limit', () => {
    const { containers, values, names, keysOfObject } = VENUE_LIMITS;
    expect(read(`[${'[],'.repeat(containers)}[]]`)).toMatchObject({ read: 'too-large' });
    expect(read(`[${'1,'.repeat(values + 1)}1]`)).toMatchObject({ read: 'too-large' });
    const named = Array.from({ length: names / 100 + 1 }, (_, object) => {
      const keys = Array.from({ length: 100 }, (_, at) => `"${object}-${at}":1`);
      return `{${keys.join()}}`;
    });
    expect(read(`{"seatingPlan":${'['.repeat(100)}`)).toMatchObject({
      read: 'too-large',
      part: 'plan',
    });
    expect(keysOfObject).toBeGreaterThan(100);
    expect(read(`[${named.join()}]`)).toMatchObject({ read: 'too-large' });
  });
});
