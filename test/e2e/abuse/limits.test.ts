import { startApp, type TestApp } from '../../support/app.js';
import { onSale, smallPlan } from '../../support/seat-inventory/event-on-sale.js';
import { expectProblem } from '../../support/problems.js';

/** Addresses for documentation (RFC 5737): public, and assigned to nobody. */
let addresses = 0;
const newAddress = () => `203.0.113.${++addresses}`;

describe('limits', () => {
  let app: TestApp;
  let path: string;
  beforeAll(async () => {
    app = await startApp('postgres', {
      TRUSTED_PROXIES: 'private',
      PROOF_OF_WORK_SCORE: '101',
      HOLDS_PER_ACCOUNT: '2',
      HOLDS_PER_ADDRESS: '3',
      RATE_READS_PER_ADDRESS: '5',
      RATE_WRITES_PER_ADDRESS: '9',
      RATE_REQUESTS_PER_ACCOUNT: '4',
      RATE_RESERVATIONS_PER_ACCOUNT: '6',
    });
    ({ path } = await onSale(app, smallPlan(3, 20)));
  });
  afterAll(() => app.close());

  let keys = 0;
  const reserve = async (account: string, seatId: string, address?: string, key = `l-${++keys}`) =>
    app.ask('POST', `${path}/reservations`, {
      token: await app.token(account, 'customer'),
      body: { seatIds: [seatId] },
      headers: {
        'idempotency-key': key,
        ...(address !== undefined && { 'x-forwarded-for': address }),
      },
    });

  it('limit the open holds of an account over all events', async () => {
    const other = await onSale(app, smallPlan(1, 3));
    const first = await reserve('anna', 'A-1', undefined, 'mine');
    expect(first.status).toBe(201);
    const token = await app.token('anna', 'customer');
    const elsewhere = await app.ask('POST', `${other.path}/reservations`, {
      token,
      body: { seatIds: ['A-1'] },
      headers: { 'idempotency-key': 'x' },
    });
    expect(elsewhere.status).toBe(201);
    const { body } = await expectProblem(app, 'too-many-holds-of-account', () =>
      reserve('anna', 'A-2'),
    );
    expect(body.limit).toBe(2);
    // The same request again is no new hold.
    expect((await reserve('anna', 'A-1', undefined, 'mine')).status).toBe(201);
    const held = `${path}/reservations/${first.body.reservationId}`;
    expect((await app.ask('DELETE', held, { token })).status).toBe(204);
    expect((await reserve('anna', 'A-2')).status).toBe(201);
  });

  it('do not count a rejected reservation', async () => {
    expect((await reserve('berta', 'B-1')).status).toBe(201);
    for (let at = 0; at < 3; at++) expect((await reserve('carla', 'B-1')).status).toBe(409);
    expect((await reserve('carla', 'B-2')).status).toBe(201);
  });

  it('count a hold to its end when its key is reused, or without the pass', async () => {
    expect((await reserve('rita', 'A-5', undefined, 'r-1')).status).toBe(201);
    expect((await reserve('rita', 'A-6', undefined, 'r-2')).status).toBe(201);
    for (const key of ['r-1', 'r-2'])
      await expectProblem(app, 'idempotency-key-reused', () =>
        reserve('rita', 'A-7', undefined, key),
      );
    const room = { admitPerMinute: 1, maxShoppers: 1 };
    const token = await app.token('olga', 'organizer');
    expect((await app.ask('PUT', `${path}/waiting-room`, { token, body: room })).status).toBe(200);
    await expectProblem(app, 'pass-missing', () => reserve('rita', 'A-5', undefined, 'r-1'));
    const off = { state: 'off' };
    expect((await app.ask('PATCH', `${path}/waiting-room`, { token, body: off })).status).toBe(200);
    await expectProblem(app, 'too-many-holds-of-account', () => reserve('rita', 'A-7'));
  });

  it('lower the count of the address that a hold was taken from', async () => {
    const [here, there] = [newAddress(), newAddress()];
    const held = await Promise.all(
      [0, 1, 2].map((at) => reserve(`mover-${at}`, `C-${at + 6}`, here)),
    );
    expect(held.map(({ status }) => status)).toEqual([201, 201, 201]);
    for (const [at, { body }] of held.entries()) {
      const { status } = await app.ask('DELETE', `${path}/reservations/${body.reservationId}`, {
        token: await app.token(`mover-${at}`, 'customer'),
        headers: { 'x-forwarded-for': there },
      });
      expect(status).toBe(204);
    }
    expect((await reserve('mover-4', 'C-10', here)).status).toBe(201);
  });

  it('limit the open holds of all accounts that share a public address', async () => {
    const address = newAddress();
    for (let at = 0; at < 3; at++)
      expect((await reserve(`family-${at}`, `C-${at + 1}`, address)).status).toBe(201);
    await expectProblem(app, 'too-many-holds-of-address', () =>
      reserve('family-4', 'C-4', address),
    );
    expect((await reserve('family-4', 'C-4', newAddress())).status).toBe(201);
  });

  it('limit the reservation attempts of an account per minute, and show what is left', async () => {
    const left: (string | null)[] = [];
    for (let at = 0; at < 6; at++) {
      const { status, headers } = await reserve('dora', 'B-1');
      expect(status).toBe(409);
      left.push(headers.get('ratelimit-remaining'));
      expect([headers.get('ratelimit-limit'), headers.get('ratelimit-policy')]).toEqual([
        '6',
        '6;w=60',
      ]);
    }
    expect(left).toEqual(['5', '4', '3', '2', '1', '0']);
    const { headers, body } = await expectProblem(app, 'rate-limited', () =>
      reserve('dora', 'B-5'),
    );
    expect(body.limit).toBe(6);
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
    expect(Number(headers.get('retry-after'))).toBeLessThanOrEqual(60);
    expect(headers.get('ratelimit-reset')).toBe(headers.get('retry-after'));
    expect((await reserve('emma', 'B-5')).status).toBe(201);
  });

  it('do not apply to routes for staff, because organizers import whole programs', async () => {
    const token = await app.token('olga', 'organizer');
    const body = { name: 'A night out' };
    for (let at = 0; at < 6; at++)
      expect((await app.ask('PATCH', path, { token, body })).status).toBe(200);
  });

  it('count the other requests of an account separately', async () => {
    const token = await app.token('frida', 'customer');
    const look = () => app.ask('GET', '/v1/me/reservations', { token });
    for (let at = 0; at < 4; at++) expect((await look()).status).toBe(200);
    await expectProblem(app, 'rate-limited', look);
    expect((await reserve('frida', 'B-7')).status).toBe(201);
  });

  it('limit a public address, or an IPv6 network as a whole, but no private address', async () => {
    const look = (address?: string) =>
      app.ask('GET', path, {
        headers: address === undefined ? {} : { 'x-forwarded-for': address },
      });
    for (const [one, neighbour] of [
      ['198.51.100.1', '198.51.100.1'],
      ['2001:db8:1:2::1', '2001:db8:1:2:ffff::9'],
    ] as const) {
      for (let at = 0; at < 5; at++) {
        const { status, headers } = await look(one);
        expect(status).toBe(200);
        // It may be told to others, so it says nothing of who asked.
        expect(headers.get('ratelimit-remaining')).toBeNull();
      }
      await expectProblem(app, 'rate-limited', () => look(neighbour));
    }
    expect((await look('2001:db8:1:3::1')).status).toBe(200);
    for (let at = 0; at < 20; at++) expect((await look()).status).toBe(200);
    for (let at = 0; at < 20; at++) expect((await look('10.1.2.3')).status).toBe(200);
  });

  it('ignore the address that a client claims, without a trusted proxy', async () => {
    // The last that a trusted proxy has written counts; what stands before it anybody may have
    // said.
    const ask = () =>
      app.ask('GET', path, {
        headers: { 'x-forwarded-for': `192.0.2.${++keys % 250}, 198.51.100.77` },
      });
    for (let at = 0; at < 5; at++) expect((await ask()).status).toBe(200);
    expect((await ask()).status).toBe(429);
  });

  it('never apply to health and metrics', async () => {
    const headers = { 'x-forwarded-for': '198.51.100.1' };
    for (let at = 0; at < 20; at++) {
      expect((await app.ask('GET', '/health/live', { headers })).status).toBe(200);
      expect((await app.ask('GET', '/metrics', { headers })).status).toBe(200);
    }
  });
});

describe('with ABUSE_PROTECTION=off', () => {
  it('nothing is limited, and the route for operators shows that', async () => {
    const app = await startApp('postgres', {
      ABUSE_PROTECTION: 'off',
      RATE_REQUESTS_PER_ACCOUNT: '1',
    });
    const token = await app.token('olaf', 'operator');
    for (let at = 0; at < 3; at++) {
      const { status, body, headers } = await app.ask('GET', '/v1/ops/abuse', { token });
      expect([status, body, headers.get('ratelimit-limit')]).toEqual([
        200,
        { enabled: false },
        null,
      ]);
    }
    await app.close();
  });
});
