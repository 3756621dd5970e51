import { POOL } from '../../../src/adapters/postgres/tokens.js';
import { startApp, type TestApp } from '../../support/app.js';
import { onSale, smallPlan } from '../../support/seat-inventory/event-on-sale.js';
import { until } from '../../support/read-side.js';
import { solved } from '../../support/proof-of-work.js';

let keys = 0;

/** Puts an event on sale. Each payment belongs to a hold of its own. */
async function openSale(settings: Record<string, string> = {}) {
  const app: TestApp = await startApp('postgres', { TRUSTED_PROXIES: 'private', ...settings });
  const { path } = await onSale(app, smallPlan(20, 30), { maxSeatsPerCustomer: 50 });
  const seats: string[] = (await app.ask('GET', `${path}/seating-plan`)).body.seats.id;
  const pay = async (account: string, card: string, address = '10.0.0.1') => {
    const token = await app.token(account, 'customer');
    const forwarded = { 'x-forwarded-for': address };
    const held = await app.ask('POST', `${path}/reservations`, {
      token,
      body: { seatIds: seats.splice(0, 1) },
      headers: { ...forwarded, 'idempotency-key': `d-${++keys}` },
    });
    const at = `${path}/reservations/${held.body.reservationId}/confirm`;
    const body = { payment: { token: card } };
    const send = (headers: Record<string, string> = {}) =>
      app.ask('POST', at, { token, body, headers: { ...forwarded, ...headers } });
    return { send, first: await send() };
  };
  return { app, pay };
}

describe('declined cards', () => {
  let sale: Awaited<ReturnType<typeof openSale>>;
  beforeAll(async () => {
    sale = await openSale();
  });
  afterAll(() => sale.app.close());

  it('cost work across holds from five in ten minutes on', async () => {
    const { pay } = sale;
    for (let at = 0; at < 5; at++)
      expect((await pay('thief', 'tok_declined')).first.status).toBe(402);
    const { first, send } = await pay('thief', 'tok_success');
    expect([first.status, first.body.status, first.body.code]).toEqual([
      403,
      403,
      'proof-of-work-required',
    ]);
    const wrong = await send({ 'proof-of-work': 'nonsense' });
    expect([wrong.status, wrong.body.code]).toEqual([403, 'proof-of-work-invalid']);
    const done = await send({ 'proof-of-work': await solved(wrong.body.challenge) });
    expect([done.status, done.body.status]).toEqual([200, 'confirmed']);
    // The reservation stays paid, even if the request is repeated.
    expect((await send()).status).toBe(200);
    // Another account behind the same private address is not affected.
    expect((await pay('neighbor', 'tok_success')).first.status).toBe(200);
  }, 60_000);

  it('count for a public address, where payments of others offset them', async () => {
    const { pay } = sale;
    const address = '203.0.113.210';
    for (let at = 0; at < 5; at++) await pay(`guest-${at}`, 'tok_declined', address);
    const { first, send } = await pay('guest-7', 'tok_success', address);
    expect(first.status).toBe(403);
    expect((await send({ 'proof-of-work': await solved(first.body.challenge) })).status).toBe(200);
    expect((await pay('guest-8', 'tok_success', address)).first.status).toBe(200);
  }, 60_000);

  it('count against the limit of twenty when many are sent at once', async () => {
    const answers = await Promise.all(
      Array.from({ length: 30 }, () => sale.pay('hasty', 'tok_declined')),
    );
    expect(answers.filter(({ first }) => first.status === 402).length).toBeLessThanOrEqual(20);
    expect(answers.some(({ first }) => first.status === 403 || first.status === 429)).toBe(true);
  }, 60_000);
});

describe('declined cards without proof of work', () => {
  let sale: Awaited<ReturnType<typeof openSale>>;
  beforeAll(async () => {
    sale = await openSale({ PROOF_OF_WORK_SCORE: '101' });
  });
  afterAll(() => sale.app.close());

  it('block all payments of an account after twenty', async () => {
    const { pay } = sale;
    for (let at = 0; at < 20; at++)
      expect((await pay('thief', 'tok_declined')).first.status).toBe(402);
    const { first } = await pay('thief', 'tok_success');
    expect([first.status, first.body.code]).toEqual([429, 'payment-attempts-exhausted']);
    expect(first.body).toMatchObject({ status: 429, limit: 20 });
    const seconds = Number(first.headers.get('retry-after'));
    expect(seconds).toBeGreaterThan(0);
    expect(seconds).toBeLessThanOrEqual(600);
  }, 60_000);

  it('start no new attempt while the read model still shows the last one as pending', async () => {
    const { app, pay } = sale;
    const account = 'another-thief';
    for (let at = 0; at < 19; at++) await pay(account, 'tok_declined');
    const { send } = await pay(account, 'tok_declined');
    const pool = app.get(POOL);
    const failed = () =>
      pool.query(`select from payments where not pending and customer_id = $1`, [account]);
    await until(async () => (await failed()).rowCount === 20);
    await pool.query(`update payments set pending = true`);
    const again = await send();
    expect([again.status, again.body.code]).toEqual([429, 'payment-attempts-exhausted']);
  }, 60_000);
});
