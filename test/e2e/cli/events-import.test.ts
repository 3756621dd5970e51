import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { POOL } from '../../../src/adapters/postgres/tokens.js';
import { systemClock } from '../../../src/adapters/system/clock.js';
import { MAX_RECORD_BYTES } from '../../../src/cli/import/read-records.js';
import { startApp, type TestApp } from '../../support/app.js';
import { commandLine } from '../../support/services/command-line.js';
import { EVENT, onSale, smallPlan } from '../../support/seat-inventory/event-on-sale.js';
import { until } from '../../support/read-side.js';

/** 5,000 with `BOXOFFICE_LINES=5000`. */
const LINES = Number(process.env.BOXOFFICE_LINES ?? 200);
/** Every so many lines one is broken. */
const BROKEN_EVERY = 50;
/** For all of them, twice, on a busy machine. Milliseconds. */
const LINES_MS = 60_000 + LINES * 300;

const COLUMNS = /missing: startsAt, .* unknown: colour; repeated: name/;

describe('boxoffice events import', () => {
  let app: TestApp;
  let directory: string;
  let venueId: string;
  let settings: Record<string, string>;
  beforeAll(async () => {
    app = await startApp('postgres');
    directory = await mkdtemp(join(tmpdir(), 'boxoffice-import-'));
    ({ venueId } = await onSale(app, smallPlan(1, 4)));
    settings = { BOXOFFICE_URL: app.url, BOXOFFICE_TOKEN: await app.token('olga', 'organizer') };
  });
  afterAll(async () => {
    await app.close();
    await rm(directory, { recursive: true, force: true });
  });

  const file = async (name: string, content: string | Buffer) => {
    const path = join(directory, name);
    await writeFile(path, content);
    return path;
  };
  const imported = async (path: string, ...options: string[]) => {
    const { code, out, error } = await commandLine(
      ['events', 'import', path, '--json', ...options],
      settings,
    );
    return { code, error, summary: out === '' ? undefined : JSON.parse(out) };
  };
  const line = (externalId: string, changes: object = {}) =>
    JSON.stringify({ externalId, venueId, ...EVENT, name: `Event ${externalId}`, ...changes });
  const numbers = (lines: number, of: object = {}) => ({
    ...{ lines, valid: 0, created: 0, updated: 0, unchanged: 0, ...of },
  });
  /** Names of all events whose own key begins so, from the log. */
  const scheduled = async (prefix: string) => {
    const { rows } = await app
      .get(POOL)
      .query<{ name: string }>(
        `select data::jsonb->>'name' as name from domain_events where type = 'EventScheduled'`,
      );
    return rows.map(({ name }) => name).filter((name) => name.startsWith(`Event ${prefix}`));
  };

  it('schedules new events, leaves unchanged ones, and updates changed ones', async () => {
    const first = await file('first.jsonl', `${line('a-1')}\n\n${line('a-2')}\n${line('a-3')}`);
    expect(await imported(first)).toMatchObject({
      ...{ code: 0, summary: { ...numbers(3, { created: 3 }), errors: { count: 0 } } },
    });
    expect(await imported(first)).toMatchObject({ code: 0, summary: numbers(3, { unchanged: 3 }) });
    const startsAt = '2031-01-01T18:00:00Z';
    const second = await file(
      'second.jsonl',
      `${line('a-1', { startsAt })}\n${line('a-2', { name: 'New' })}\n`,
    );
    expect(await imported(second)).toMatchObject({ code: 0, summary: numbers(2, { updated: 2 }) });
    await until(
      async () => (await app.ask('GET', '/v1/events?q=New')).body.hits?.[0]?.name === 'New',
    );
  });

  it('skips and names events that have begun, and imports all others', async () => {
    const startsAt = '2020-01-01T20:00:00Z';
    const path = await file(
      'past.jsonl',
      `${line('p-1')}\n${line('p-2', { name: 'Yesterday Night', startsAt })}\n`,
    );
    const past = {
      line: 2,
      externalId: 'p-2',
      name: 'Yesterday Night',
      startsAt: '2020-01-01T20:00:00.000Z',
    };
    const skipped = { count: 1, named: [past] };
    const dry = await imported(path, '--dry-run');
    expect(dry).toMatchObject({ code: 0, summary: { ...numbers(2, { valid: 1 }), skipped } });
    const done = await imported(path);
    expect(done).toMatchObject({ code: 0, summary: { ...numbers(2, { created: 1 }), skipped } });
    const { out } = await commandLine(['events', 'import', path], settings);
    expect(out).toContain(
      'line 2: p-2: skipped: "Yesterday Night" started at 2020-01-01T20:00:00.000Z, in the past\n',
    );
    expect(out).toMatch(
      /2 lines: 0 created, 0 updated, 1 unchanged, 1 skipped, 0 with errors\.\n$/,
    );
  });

  it('names every line that it cannot take, and takes all the others', async () => {
    const prices = [{ category: 'Moon', amountMinor: 1, currency: 'EUR' }];
    const content = Buffer.concat([
      Buffer.from(
        `${line('b-1')}\n{broken\n[1]\n${line('b-2', { startsAt: 'tomorrow', colour: 'red' })}\n`,
      ),
      Buffer.from([0x22, 0xff, 0x22, 0x0a]),
      Buffer.from(
        `"${'x'.repeat(MAX_RECORD_BYTES)}"\n${line('b-3', { prices })}\n${line('b-1')}\n`,
      ),
      Buffer.from(`${JSON.stringify({ ...EVENT, venueId })}\n`),
      Buffer.from(
        [
          line('b-4', { venueId: undefined, venue: 'Nowhere' }),
          line('b-5', { venueId: 'none' }),
        ].join('\n'),
      ),
    ]);
    const path = await file('broken.jsonl', content);
    const { code, summary } = await imported(path);
    expect(code).toBe(1);
    expect(summary).toMatchObject(numbers(11, { created: 1 }));
    const told = summary.errors.named.map(
      ({ line: at, message }: { line: number; message: string }) => [at, message],
    );
    expect(told).toEqual([
      [2, 'is not JSON'],
      [3, 'is not an object'],
      [4, expect.stringMatching(/\/colour .*; \/startsAt must be a time/)],
      [5, 'is not UTF-8: save the file as "CSV UTF-8"'],
      [6, expect.stringMatching(/has more than \d+ bytes/)],
      [7, expect.stringContaining('prices-of-unknown-category')],
      [8, 'has the `externalId` of line 1'],
      [9, 'has no `externalId`'],
      [10, 'no venue has the name "Nowhere": use `venueId`'],
      [11, expect.stringContaining('venue-not-found')],
    ]);
    const people = await commandLine(['events', 'import', path], settings);
    expect(people.out).toMatch(/^line 2: is not JSON\n/);
    expect(people.out).toMatch(
      /\n11 lines: 0 created, 0 updated, 1 unchanged, 10 with errors\.\n$/,
    );
  });

  it('a dry run finds the same, without an account, and writes nothing', async () => {
    const prices = [{ category: 'Moon', amountMinor: 1, currency: 'EUR' }];
    const path = await file('dry.jsonl', `${line('c-1')}\n${line('c-2', { prices })}\n{\n`);
    const anonymous = { BOXOFFICE_URL: app.url };
    const { code, out } = await commandLine(
      ['events', 'import', path, '--dry-run', '--json'],
      anonymous,
    );
    expect(code).toBe(1);
    expect(JSON.parse(out)).toMatchObject({
      ...{ dryRun: true, ...numbers(3, { valid: 1 }) },
      errors: {
        count: 2,
        named: [
          { line: 2, externalId: 'c-2', code: 'prices-of-unknown-category' },
          { line: 3, message: 'is not JSON' },
        ],
      },
    });
    expect(await scheduled('c-')).toEqual([]);
  });

  it('reads CSV as spreadsheets write it', async () => {
    const header =
      '\ufeffexternalId,name,venue,startsAt,performers,description,prices,maxSeatsPerCustomer';
    const rows = [
      'd-1,"Event d-1, ""quoted""",Small house,2030-06-01T18:00:00Z,One | Two,' +
        '"Two\nlines",Standard:2500:EUR,4',
      'd-2,Event d-2,Small house,2030-06-01T18:00:00Z,,,Standard:25.0:EUR,many',
      'd-3,too few',
      'd-4,Event d-4,Small house,2030-06-01T18:00:00Z,,,Standard:2500:EUR:by-request,',
    ];
    // A venue of that name, and only one: those of other tests have it too.
    const token = settings.BOXOFFICE_TOKEN;
    const venue = await app.ask('POST', '/v1/venues', {
      token,
      body: {
        ...{
          name: 'House of the rows',
          city: 'Bonn',
          country: 'DE',
          location: { lat: 50, lon: 7 },
        },
        seatingPlan: smallPlan(1, 4),
      },
    });
    expect(venue.status).toBe(201);
    const path = await file(
      'rows.csv',
      [header, ...rows].join('\r\n').replaceAll('Small house', 'House of the rows'),
    );
    const { code, summary } = await imported(path);
    expect(code).toBe(1);
    expect(summary).toMatchObject(numbers(4, { created: 2 }));
    expect(summary.errors.named).toMatchObject([
      {
        line: 4,
        message: expect.stringMatching(
          /^cell G3 \(prices entry 1\) .*; cell H3 \(maxSeatsPerCustomer\) must be an integer/,
        ),
      },
      {
        line: 5,
        message: expect.stringMatching(/^cell C4 \(venue\) is required; cell D4 \(startsAt\)/),
      },
    ]);
    await until(async () => (await app.ask('GET', '/v1/events?q=quoted')).body.total === 1);
    expect((await app.ask('GET', '/v1/events?q=quoted')).body.hits[0]).toMatchObject({
      ...{ name: 'Event d-1, "quoted"', performers: ['One', 'Two'], description: 'Two\nlines' },
      ...{ maxSeatsPerCustomer: 4, venue: { name: 'House of the rows' } },
    });
  });

  it('refuses to begin with what it cannot read', async () => {
    const attempts: [name: string, content: string, options: string[], says: RegExp][] = [
      ['events.xlsx', '', [], /--format/],
      ['empty.csv', '', [], /The file is empty or no CSV. Name the columns/],
      ['a.csv', 'externalId,name,colour,name', [], COLUMNS],
      ['b.jsonl', '', ['--concurrency', '65'], /1 to 64/],
    ];
    const ended = attempts.map(async ([name, content, options]) =>
      commandLine(['events', 'import', await file(name, content), ...options], settings),
    );
    for (const [at, { code, out, error }] of (await Promise.all(ended)).entries()) {
      expect({ code, out }).toEqual({ code: 2, out: '' });
      expect(error).toMatch(attempts[at]![3]);
    }
  });

  it('stops when every line would be rejected', async () => {
    const path = await file('one.jsonl', line('e-1'));
    const anna = await app.token('anna', 'customer');
    const refused = await commandLine(['events', 'import', path], {
      ...settings,
      BOXOFFICE_TOKEN: anna,
    });
    expect(refused).toMatchObject({
      code: 1,
      out: '',
      error: expect.stringContaining('role-required'),
    });
    const gone = await commandLine(['events', 'import', join(directory, 'gone.csv')], settings);
    expect(gone).toMatchObject({ code: 2, error: expect.stringContaining('There is no file') });
  });

  it(
    `creates every event once when it is killed amid ${LINES} lines and run again`,
    async () => {
      const isBroken = (at: number) => at % BROKEN_EVERY === BROKEN_EVERY - 1;
      const keys = Array.from({ length: LINES }, (_, at) => `f-${at}`);
      const text = keys
        .map((key, at) => (isBroken(at) ? `{"externalId":"${key}",` : line(key)))
        .join('\n');
      const path = await file('many.jsonl', text);
      const { PATH = '', HOME = '' } = process.env;
      const cli = join(import.meta.dirname, '../../../dist/cli/boxoffice.js');
      const child = spawn(process.execPath, [cli, 'events', 'import', path], {
        env: { PATH, HOME, ...settings },
        stdio: 'ignore',
      });
      const ended = new Promise((resolve) => child.once('exit', (_, signal) => resolve(signal)));
      try {
        await until(async () => {
          // Looking costs the machine what importing needs.
          await systemClock.sleep(100);
          return (await scheduled('f-')).length > LINES / 4;
        }, LINES_MS);
      } finally {
        child.kill('SIGKILL');
      }
      expect(await ended).toBe('SIGKILL');
      const before = (await scheduled('f-')).length;
      expect(before).toBeLessThan(LINES - LINES / BROKEN_EVERY);

      const { code, summary } = await imported(path, '--concurrency', '16');
      const good = keys.filter((_, at) => !isBroken(at));
      expect(code).toBe(1);
      expect(summary.errors).toMatchObject({ count: LINES - good.length });
      expect(summary.errors.named.map((error: { line: number }) => error.line)).toEqual(
        keys.flatMap((_, at) => (isBroken(at) ? [at + 1] : [])).slice(0, 1_000),
      );
      expect(summary.created + summary.unchanged).toBe(good.length);
      expect(summary.unchanged).toBeGreaterThanOrEqual(before);
      expect((await scheduled('f-')).sort()).toEqual(good.map((key) => `Event ${key}`).sort());
    },
    LINES_MS,
  );
});
