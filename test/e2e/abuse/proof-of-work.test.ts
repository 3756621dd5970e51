import { startApp, type Ask, type TestApp } from '../../support/app.js';
import { onSale, smallPlan } from '../../support/seat-inventory/event-on-sale.js';
import { asHeader, solved } from '../../support/proof-of-work.js';
import { expectProblem } from '../../support/problems.js';

/** Addresses for documentation (RFC 5737): public ones, and nobody's. */
let addresses = 0;
const newAddress = () => `203.0.113.${++addresses}`;

describe('proof of work for reservations', () => {
  let app: TestApp;
  let path: string;
  let seats: string[];
  beforeAll(async () => {
    app = await startApp('postgres', { TRUSTED_PROXIES: 'private' });
    ({ path } = await onSale(app, smallPlan(20, 30), { maxSeatsPerCustomer: 20 }));
    const { body } = await app.ask('GET', `${path}/seating-plan`);
    seats = body.seats.id;
  });
  afterAll(() => app.close());

  let keys = 0;
  const reserve = async (
    account: string,
    address: string,
    more: Record<string, string> = {},
    count = 4,
  ) => {
    const options: Ask = {
      token: await app.token(account, 'customer'),
      body: { seatIds: seats.splice(0, count) },
      headers: { 'idempotency-key': `k-${++keys}`, 'x-forwarded-for': address, ...more },
    };
    const send = (headers: Record<string, string> = {}) =>
      app.ask('POST', `${path}/reservations`, {
        ...options,
        headers: { ...options.headers, ...headers },
      });
    return { send, first: await send() };
  };
  /** Six accounts at one address that ask for seats in haste: from here on it costs. */
  const suspiciousAddress = async () => {
    const address = newAddress();
    const answers = [];
    for (let at = 0; at < 6; at++)
      answers.push((await reserve(`bot-${address}-${at}`, address)).first.status);
    expect(answers).toEqual([201, 201, 201, 201, 201, 428]);
    return address;
  };

  it('costs nothing for tens of attempts by a few accounts from a private address', async () => {
    for (let at = 0; at < 60; at++) {
      const token = await app.token(`tester-${at % 3}`, 'customer');
      const headers = { 'idempotency-key': `t-${at}` };
      const { status } = await app.ask('POST', `${path}/reservations`, {
        token,
        headers,
        body: { seatIds: ['T-30'] },
      });
      expect([201, 409, 422]).toContain(status);
    }
  });

  it('is required of the sixth account of a fast address, and accepted', async () => {
    const address = await suspiciousAddress();
    const { first, send } = await reserve(`late-${address}`, address);
    expect(first.status).toBe(428);
    expect(first.headers.get('cache-control')).toBe('no-store');
    const done = await send({ 'proof-of-work': await solved(first.body.challenge) });
    expect([done.status, done.body.status]).toEqual([201, 'held']);
  });

  it('costs more at a higher score', async () => {
    const address = newAddress();
    let dearest = 0;
    for (let at = 0; at < 26; at++) {
      const { first } = await reserve(`swarm-${at}`, address, {}, 4);
      dearest = Math.max(dearest, first.body.challenge?.parameters.cost ?? 0);
    }
    expect(dearest).toBe(16_000);
  });

  it('is rejected with a reason if it does not fit the request', async () => {
    const address = await suspiciousAddress();
    const account = `cheat-${address}`;
    const { first, send } = await reserve(account, address);
    const { challenge } = first.body;
    const proof = await solved(challenge);
    const { solution } = JSON.parse(Buffer.from(proof, 'base64').toString());
    const refusedAs = async (code: Parameters<typeof expectProblem>[1], value: string) => {
      const reply = await expectProblem(app, code, () => send({ 'proof-of-work': value }));
      expect(reply.body.challenge.signature).toMatch(/^[0-9a-f]{64}$/);
    };
    await refusedAs('proof-of-work-required', '');
    const altered = (change: object) => ({
      ...challenge,
      parameters: { ...challenge.parameters, ...change },
    });
    const forged = [
      'nonsense',
      '%%%',
      'x'.repeat(5_000),
      ...[
        null,
        {},
        { challenge },
        { solution },
        { challenge: { ...challenge, signature: undefined }, solution },
        { challenge: { ...challenge, signature: '00' }, solution },
        { challenge, solution: { ...solution, counter: solution.counter + 1 } },
        { challenge, solution: { ...solution, counter: -1 } },
        { challenge, solution: { ...solution, derivedKey: `00${'ab'.repeat(31)}` } },
        { challenge: altered({ cost: 1 }), solution },
        { challenge: altered({ keyPrefix: '' }), solution },
        { challenge: altered({ algorithm: 'SHA-256' }), solution },
        { challenge: altered({ expiresAt: challenge.parameters.expiresAt + 9_999 }), solution },
        { challenge: altered({ data: { account: 'other' } }), solution },
      ].map(asHeader),
    ];
    for (const value of forged) await refusedAs('proof-of-work-invalid', value);
    const other = await reserve(`other-${address}`, address);
    expect(other.first.status).toBe(428);
    await expectProblem(app, 'proof-of-work-invalid', () => other.send({ 'proof-of-work': proof }));
    expect((await send({ 'proof-of-work': proof })).status).toBe(201);
    await refusedAs('proof-of-work-used', proof);
  });

  it('has its rules and highest scores shown to operators', async () => {
    const address = await suspiciousAddress();
    const { body } = await app.ask('GET', '/v1/ops/abuse', {
      token: await app.token('olaf', 'operator'),
    });
    expect(body).toMatchObject({ enabled: true, threshold: 65 });
    expect(body.counts.asked).toBeGreaterThan(0);
    expect(body.accounts).toContainEqual({
      accountId: `bot-${address}-5`,
      score: 65,
      evidence: [
        { rule: 'accounts-per-address', points: 35 },
        { rule: 'seats-tried-from-address', points: 30 },
      ],
    });
    const { status } = await app.ask('GET', '/v1/ops/abuse', {
      token: await app.token('anna', 'customer'),
    });
    expect(status).toBe(403);
  });
});
