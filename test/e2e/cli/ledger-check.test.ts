import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PAYMENT_PROVIDER } from '../../../src/ports/shared/tokens.js';
import type { LedgerReport } from '../../../src/read-models/payment/ledger-check.js';
import { startApp, type TestApp } from '../../support/app.js';
import { commandLine } from '../../support/services/command-line.js';
import { confirm, onSale, reserve } from '../../support/seat-inventory/event-on-sale.js';
import { chargeOf } from '../../support/payment/payment-gateways.js';
import { until } from '../../support/read-side.js';

const ledgerCheck = (args: string[], settings: Record<string, string>) =>
  commandLine(['ledger', 'check', ...args], settings);

describe('boxoffice ledger check', () => {
  let directory: string;
  let app: TestApp;
  let settings: Record<string, string>;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'boxoffice-ledger-'));
    await chmod(directory, 0o755);
    app = await startApp('postgres', { DATA_DIR: directory });
    settings = { DATA_DIR: directory, DATABASE_URL: app.databaseUrl };
    const { path, eventId } = await onSale(app);
    const anna = await app.token('anna', 'customer');
    const held = await reserve(app, path, anna, { seatIds: ['A-1'] });
    expect((await confirm(app, path, anna, held.body.reservationId)).status).toBe(200);
    const token = await app.token('olaf', 'operator');
    const books = () => app.ask('GET', `/v1/ops/ledger/events/${eventId}`, { token });
    await until(async () => (await books()).body.totals[0]?.keptMinor > 0);
  });
  afterAll(async () => {
    await app.close();
    await rm(directory, { recursive: true, force: true });
  });

  it('finds a sale in both books, beside the Boxoffice that goes on selling', async () => {
    const { code, out } = await ledgerCheck([], settings);
    expect(out).toMatch(/captured +EUR [\d.]+\n +.*kept +EUR [\d.]+\n/);
    expect(out).toContain('Compared with sandbox: 1 entries here, 1 there');
    expect(out).toMatch(/\nIn balance\.\n$/);
    expect(code).toBe(0);
  });

  it('names what the provider has taken and we have not, for people and for programs', async () => {
    const unheard = chargeOf('tok_success');
    const charge = await app.get(PAYMENT_PROVIDER).charge(unheard);
    const reference = charge.status === 'captured' ? charge.reference : '';

    const { code, out } = await ledgerCheck([], settings);
    expect(out).toContain(`missing-here     capture ${reference}: here none, there EUR 125.00\n`);
    expect(out).toMatch(/\nNOT in balance: see docs\/concepts\/ledger.md\.\n$/);
    expect(code).toBe(1);

    const asJson = await ledgerCheck(['--json'], settings);
    const report = JSON.parse(asJson.out) as LedgerReport;
    expect(report).toMatchObject({
      balanced: false,
      entries: { ours: 1, theirs: 2 },
      differences: {
        count: 1,
        named: [{ difference: 'missing-here', reference, theirs: unheard.amount }],
      },
    });
    expect(asJson.code).toBe(1);
  });

  it('prints its usage', async () => {
    expect(await ledgerCheck(['--help'], {})).toMatchObject({
      code: 0,
      out: expect.stringContaining('boxoffice ledger check'),
    });
  });

  it.each<[what: string, args: string[], settings: Record<string, string>, says: RegExp]>([
    ['an unknown option', ['--verbose'], {}, /verbose/],
    ['an invalid setting', [], { DATABASE_POOL_SIZE: 'many' }, /DATABASE_POOL_SIZE/],
  ])('rejects %s', async (_, args, wrong, says) => {
    expect(await ledgerCheck(args, wrong)).toMatchObject({
      code: 2,
      out: '',
      error: expect.stringMatching(says),
    });
  });

  it('distinguishes a failed check from an unbalanced ledger', async () => {
    const nowhere = { ...settings, DATABASE_URL: 'postgres://127.0.0.1:9/none' };
    expect(await ledgerCheck([], nowhere)).toMatchObject({
      code: 3,
      out: '',
      error: expect.stringContaining('could not be checked'),
    });
    expect(await ledgerCheck([], { DATA_DIR: join(directory, 'nothing') })).toMatchObject({
      code: 3,
      error: expect.stringContaining('There is no database in'),
    });
  });
});
