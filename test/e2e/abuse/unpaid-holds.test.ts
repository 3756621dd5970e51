import { startApp, type Ask, type TestApp } from '../../support/app.js';
import { onSale, smallPlan } from '../../support/seat-inventory/event-on-sale.js';
import { expectProblem } from '../../support/problems.js';

describe('unpaid holds', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startApp('postgres', { TRUSTED_PROXIES: 'private' });
  });
  afterAll(() => app.close());

  const open = async (more: object = {}) => {
    const { path, eventId } = await onSale(app, smallPlan(20, 30), {
      maxSeatsPerCustomer: 6,
      ...more,
    });
    const { body } = await app.ask('GET', `${path}/seating-plan`);
    const seats: string[] = body.seats.id;
    const reserve = async (account: string, address: string, more: Ask = {}) => {
      const token = more.token ?? (await app.token(account, 'customer'));
      const headers = { 'idempotency-key': 'h', 'x-forwarded-for': address };
      const body = { seatIds: seats.splice(0, 6) };
      return {
        token,
        ...(await app.ask('POST', `${path}/reservations`, { token, headers, body })),
      };
    };
    return { path, eventId, reserve };
  };

  it('keep few seats off sale from the networks of one /48, at rising cost', async () => {
    const { reserve } = await open();
    let [held, dearest] = [0, 0];
    for (let at = 0; at < 40; at++) {
      const { status, body } = await reserve(`holder-${at}`, `2001:db8:77:${at.toString(16)}00::1`);
      if (status === 201) held += 6;
      const { cost = 0, keyPrefix = '' } = body.challenge?.parameters ?? {};
      dearest = Math.max(dearest, cost * 16 ** keyPrefix.length);
    }
    // The seats of two buyers in a house as small as this.
    expect(held).toBe(12);
    const { body } = await reserve('holder-41', '2001:db8:77:ffff::1');
    expect(body.code).toBe('proof-of-work-required');
    expect(dearest).toBeGreaterThan(0);
    expect((await reserve('neighbor', '2001:db8:78::1')).status).toBe(201);
  });

  it('cost no work for accounts that pay', async () => {
    const { path, reserve } = await open();
    const address = '2001:db8:80::1';
    const first = await reserve('payer', address);
    const { status } = await app.ask(
      'POST',
      `${path}/reservations/${first.body.reservationId}/confirm`,
      {
        token: first.token,
        headers: { 'x-forwarded-for': address },
        body: { payment: { token: 'tok_success' } },
      },
    );
    expect(status).toBe(200);
    for (let at = 0; at < 3; at++)
      expect((await reserve(`friend-${at}`, address)).status).toBe(201);
  });

  it('need a mail address if the organizer requires one', async () => {
    const { path, eventId, reserve } = await open();
    const token = await app.token('olga', 'organizer');
    expect((await app.ask('GET', path)).body).not.toHaveProperty('requireContactToHold');
    const body = { requireContactToHold: true };
    expect((await app.ask('PATCH', path, { token, body })).body).toEqual({
      eventId,
      changed: true,
    });
    expect((await app.ask('PATCH', path, { token, body })).body).toEqual({
      eventId,
      changed: false,
    });
    expect(await app.ask('GET', path)).toMatchObject({ body });
    await expectProblem(app, 'contact-required', () => reserve('nobody', '203.0.113.80'));
    const unchecked = await app.tokenWithEmail('dora', 'dora@example.org', {
      email_verified: false,
    });
    const checked = await app.tokenWithEmail('dora', 'dora@example.org');
    await expectProblem(app, 'contact-required', () =>
      reserve('dora', '203.0.113.80', { token: unchecked }),
    );
    expect((await reserve('dora', '203.0.113.80', { token: checked })).status).toBe(201);
  });

  it('start a waiting room if the organizer has switched this on', async () => {
    const { path, reserve } = await open({ autoWaitingRoom: true });
    for (let at = 0; at < 31; at++) await reserve(`rush-${at}`, `198.51.100.${at + 1}`);
    while ((await app.ask('GET', `${path}/waiting-room`)).body.state !== 'open')
      await new Promise((resolve) => setTimeout(resolve, 50));
    await expectProblem(app, 'pass-missing', () => reserve('late', '10.0.0.9'));
  });
});
