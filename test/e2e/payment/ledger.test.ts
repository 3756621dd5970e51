import { randomUUID } from 'node:crypto';
import { EVENT_STORES, startApp, type TestApp } from '../../support/app.js';
import { confirm, onSale, reserve } from '../../support/seat-inventory/event-on-sale.js';
import { until } from '../../support/read-side.js';

describe.each(EVENT_STORES)('the ledger over HTTP, with %s', (eventStore) => {
  let app: TestApp;
  let operator: string;
  let auditor: string;
  beforeAll(async () => {
    app = await startApp(eventStore);
    operator = await app.token('olaf', 'operator');
    auditor = await app.token('aude', 'auditor');
  });
  afterAll(() => app.close());

  const ledger = (path = '', token = operator) =>
    app.ask('GET', `/v1/ops/ledger${path}`, { token });

  it('are empty, and in balance, before anybody has paid', async () => {
    expect(await ledger()).toMatchObject({ status: 200, body: { balanced: true, totals: [] } });
    const { eventId } = await onSale(app);
    expect(await ledger(`/events/${eventId}`)).toMatchObject({
      status: 200,
      body: { eventId, balanced: true, totals: [] },
    });
  });

  it('show a sale as kept, for its event and in all, to operators and auditors', async () => {
    const { path, eventId } = await onSale(app);
    const anna = await app.token('anna', 'customer');
    const held = await reserve(app, path, anna, { seatIds: ['A-1'] });
    expect((await confirm(app, path, anna, held.body.reservationId)).status).toBe(200);

    const { amountMinor, currency } = held.body.total;
    const kept = { capturedMinor: amountMinor, keptMinor: amountMinor };
    const nothing = { refundedMinor: 0, obligationsMinor: 0, unsettledMinor: 0 };
    const totals = [{ currency, ...kept, ...nothing, balanced: true }];
    await until(async () => (await ledger(`/events/${eventId}`)).body.totals[0]?.keptMinor > 0);
    for (const token of [operator, auditor]) {
      expect(await ledger(`/events/${eventId}`, token)).toMatchObject({
        status: 200,
        body: { eventId, balanced: true, totals },
      });
      expect((await ledger('', token)).body).toEqual({ balanced: true, totals });
    }
  });

  it.each(['customer', 'organizer'])('are nothing for the eyes of a %s', async (role) => {
    const token = await app.token('anna', role);
    for (const path of ['', `/events/${randomUUID()}`]) {
      expect(await ledger(path, token)).toMatchObject({
        status: 403,
        body: { code: 'role-required' },
      });
    }
    expect(await app.ask('GET', '/v1/ops/ledger')).toMatchObject({ status: 401 });
  });

  it.each([randomUUID(), '%20', 'x'.repeat(65)])('have no event %s', async (eventId) => {
    expect(await ledger(`/events/${eventId}`)).toMatchObject({
      status: 404,
      body: { code: 'event-not-found' },
    });
  });
});
