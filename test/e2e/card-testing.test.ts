import { startApp, type TestApp } from '../support/app.js';
import { onSale, smallHouse } from '../support/houses.js';
import { solved } from '../support/proof-of-work.js';

describe('declined cards', () => {
  let app: TestApp;
  let path: string;
  let seats: string[];
  beforeAll(async () => {
    app = await startApp('postgres', { TRUSTED_PROXIES: 'private' });
    ({ path } = await onSale(app, smallHouse(20, 30), { maxSeatsPerCustomer: 50 }));
    seats = (await app.ask('GET', `${path}/seating-plan`)).body.seats.id;
  });
  afterAll(() => app.close());

  let keys = 0;
  /** A hold of its own for each payment. */
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
  const payWithWork = async (account: string, card: string, address?: string) => {
    const { send, first } = await pay(account, card, address);
    if (first.status !== 403) return first;
    return send({ 'proof-of-work': await solved(first.body.challenge) });
  };

  it('cost work across holds from five on, and are taken no more from twenty on', async () => {
    for (let at = 0; at < 5; at++) expect((await pay('thief', 'tok_declined')).first.status).toBe(402);
    const { first, send } = await pay('thief', 'tok_success');
    expect([first.status, first.body.status, first.body.code]).toEqual([403, 403, 'proof-of-work-required']);
    const wrong = await send({ 'proof-of-work': 'nonsense' });
    expect([wrong.status, wrong.body.code]).toEqual([403, 'proof-of-work-invalid']);
    const done = await send({ 'proof-of-work': await solved(wrong.body.challenge) });
    expect([done.status, done.body.status]).toEqual([200, 'confirmed']);
    // What is paid for stays so, however often it is asked.
    expect((await send()).status).toBe(200);
    for (let at = 5; at < 20; at++) expect((await payWithWork('thief', 'tok_declined')).status).toBe(402);
    const last = await pay('thief', 'tok_success');
    expect([last.first.status, last.first.body.code]).toEqual([429, 'payment-attempts-exhausted']);
    expect(last.first.body).toMatchObject({ status: 429, limit: 20 });
    const seconds = Number(last.first.headers.get('retry-after'));
    expect(seconds).toBeGreaterThan(0);
    expect(seconds).toBeLessThanOrEqual(600);
    // A neighbor behind the same private address is not concerned.
    expect((await pay('neighbor', 'tok_success')).first.status).toBe(200);
  }, 120_000);

  it('count for a public address, where payments of others make up for them', async () => {
    const address = '203.0.113.210';
    for (let at = 0; at < 5; at++) await pay(`guest-${at}`, 'tok_declined', address);
    expect((await pay('guest-6', 'tok_success', address)).first.status).toBe(403);
    expect((await payWithWork('guest-7', 'tok_success', address)).status).toBe(200);
    expect((await pay('guest-8', 'tok_success', address)).first.status).toBe(200);
  }, 60_000);

  it('count when many are sent at once', async () => {
    const answers = await Promise.all(Array.from({ length: 30 }, () => pay('hasty', 'tok_declined')));
    const declined = answers.filter(({ first }) => first.status === 402);
    expect(declined.length).toBeLessThanOrEqual(6);
  }, 60_000);
});
