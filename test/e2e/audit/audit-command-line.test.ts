import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { startApp, type TestApp } from '../../support/app.js';
import { commandLine } from '../../support/services/command-line.js';
import { confirm, onSale, reserve } from '../../support/seat-inventory/event-on-sale.js';
import { until } from '../../support/read-side.js';

const KEYS = JSON.stringify({
  keys: [
    {
      ...{ kty: 'OKP', crv: 'Ed25519', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo' },
      d: 'nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A',
    },
  ],
});

describe('boxoffice audit', () => {
  let app: TestApp;
  let pool: pg.Pool;
  let eventId: string;
  let reservationId: string;
  let directory: string;
  let environment: Record<string, string>;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'boxoffice-audit-'));
    app = await startApp('postgres', { AUDIT_SIGNING_KEYS: KEYS, AUDIT_CHECKPOINT_SECONDS: '1' });
    pool = new pg.Pool({ connectionString: app.databaseUrl, max: 1 });
    const show = await onSale(app);
    const anna = await app.token('anna', 'customer');
    ({ eventId } = show);
    ({ reservationId } = (await reserve(app, show.path, anna, { seatIds: ['A-1'] })).body);
    expect((await confirm(app, show.path, anna, reservationId)).status).toBe(200);
    environment = {
      BOXOFFICE_URL: app.url,
      BOXOFFICE_TOKEN: await app.token('aude', 'auditor'),
      DATABASE_URL: app.databaseUrl,
      AUDIT_SIGNING_KEYS: KEYS,
      DATA_DIR: directory,
    };
    await until(async () => {
      const { rows } = await pool.query<{ signed: boolean }>(
        `select count(*) = (select count(distinct stream) from domain_events) as signed
         from (select stream, max(revision) as revision from audit_heads group by stream) h
         join (select stream, max(revision) as revision from domain_events group by stream) e
           using (stream, revision)`,
      );
      return rows[0]!.signed;
    });
  });
  afterAll(async () => {
    await pool.end();
    await app.close();
    await rm(directory, { recursive: true, force: true });
  });
  const run = (...args: string[]) => commandLine(args, environment);

  it('prints the history of a seat, a reservation and a customer', async () => {
    const seat = await run('audit', 'seat', eventId, 'A-1');
    expect(seat).toMatchObject({
      code: 0,
      out: expect.stringContaining('Customer anna reserved seat A-1 for EUR 25.00'),
    });
    const reservation = await run('audit', 'reservation', eventId, reservationId, '--json');
    expect(JSON.parse(reservation.out)).toMatchObject({ complete: true, reservationId });
    const customer = await run('audit', 'customer', eventId, 'anna', '--csv');
    expect(customer.out).toMatch(/^at,kind,sentence,/);
  });

  it('prints the inventory at a moment, a difference, and the current state', async () => {
    expect((await run('audit', 'state', eventId, '--at', '1', '--holders')).out).toMatch(
      /1 reserved.*\n +A-1 +reserved for anna/,
    );
    expect((await run('audit', 'diff', eventId, '--from', '0', '--to', '1')).out).toMatch(
      /A-1 +available → reserved for anna/,
    );
    expect((await run('inventory', 'show', eventId)).out).toMatch(
      /49 available, 0 reserved, 1 sold/,
    );
    const lines = (await run('audit', 'export', eventId)).out.trimEnd().split('\n');
    expect(lines.map((line) => (JSON.parse(line) as { type: string }).type).slice(0, 2)).toEqual([
      'InventoryOpened',
      'SeatsReserved',
    ]);
  });

  it.each<[args: string[], code: number, says: RegExp]>([
    [['audit', 'seat', randomUUID(), 'A-1'], 1, /event-not-found/],
    [['audit', 'state', randomUUID(), '--at', 'noon'], 1, /validation-failed/],
    [['audit', 'state', randomUUID()], 2, /at/],
    [['audit', 'seat', randomUUID(), 'A-1', '--csv', '--json'], 2, /--csv or/],
    [['audit', 'verify', '--against', '/nowhere'], 2, /cannot be read/],
  ])('rejects %j', async (args, code, says) => {
    expect(await run(...args)).toMatchObject({ code, out: '', error: expect.stringMatching(says) });
  });

  it('verifies the log, names an altered domain event, and detects a cut with a copy', async () => {
    expect(await run('audit', 'verify')).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^Nothing was altered: /),
    });
    const copy = join(directory, 'checkpoints.ndjson');
    await writeFile(copy, (await run('audit', 'checkpoints')).out);
    expect((await run('audit', 'verify', '--against', copy)).code).toBe(0);
    const change = (from: string, to: string) =>
      pool.query(
        `update domain_events set data = replace(data, $1, $2) where stream = $3 and revision = 1`,
        [...[from, to], `seatInventory-${eventId}`],
      );
    await change('"anna"', '"ben"');
    const touched = await run('audit', 'verify', '--json');
    expect(touched.code).toBe(1);
    expect(JSON.parse(touched.out)).toMatchObject({
      intact: false,
      findings: [{ problem: 'altered', stream: `seatInventory-${eventId}`, revision: 1 }],
    });
    await change('"ben"', '"anna"');
    expect((await run('audit', 'verify')).code).toBe(0);
  });
});
