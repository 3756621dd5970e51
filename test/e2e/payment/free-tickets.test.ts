import { EVENT_STORE } from '../../../src/ports/shared/tokens.js';
import { seatInventoryStream } from '../../../src/domain/seat-inventory/events.js';
import { paymentStream } from '../../../src/domain/payment/events.js';
import { EVENT_STORES, startApp, type TestApp } from '../../support/app.js';
import { readAll } from '../../support/log/domain-events.js';
import { onSale, reserve, smallPlan } from '../../support/seat-inventory/event-on-sale.js';

describe.each(EVENT_STORES)('seats that cost nothing, over %s', (eventStore) => {
  let app: TestApp;
  let anna: string;
  beforeAll(async () => {
    app = await startApp(eventStore);
    anna = await app.token('anna', 'customer');
  });
  afterAll(() => app.close());

  const priced = (amountMinor: number) =>
    onSale(app, smallPlan(2, 10), {
      prices: [{ category: 'Standard', amountMinor, currency: 'EUR' }],
    });
  const held = async (path: string, seatId: string): Promise<string> =>
    (await reserve(app, path, anna, { seatIds: [seatId] })).body.reservationId;
  const confirm = (path: string, id: string, body: object) =>
    app.ask('POST', `${path}/reservations/${id}/confirm`, { token: anna, body });
  const typesOf = async (stream: string) =>
    (await readAll(app.get(EVENT_STORE).readStream(stream))).map(({ type }) => type);

  it('are confirmed by an empty body, again the same, and no provider is asked', async () => {
    const { path } = await priced(0);
    const id = await held(path, 'A-1');
    const sold = await confirm(path, id, {});
    expect(sold).toMatchObject({
      status: 200,
      body: { status: 'confirmed', tickets: [{ seatId: 'A-1' }] },
    });
    expect((await confirm(path, id, {})).body.tickets).toEqual(sold.body.tickets);
    expect(await typesOf(paymentStream(id))).toEqual([]);
  });

  it.each(['tok_success', 'tok_declined', 'tok_nonsense'])('ignore the token %s', async (token) => {
    const { path } = await priced(0);
    const id = await held(path, 'A-1');
    expect(await confirm(path, id, { payment: { token } })).toMatchObject({ status: 200 });
    expect(await typesOf(paymentStream(id))).toEqual([]);
  });

  it('differ from paid seats, which need a payment and stay unchanged', async () => {
    const { path, eventId } = await priced(2_500);
    const id = await held(path, 'A-1');
    const missing = {
      status: 400,
      body: { code: 'validation-failed', errors: [{ path: '/payment', message: 'is required' }] },
    };
    expect(await confirm(path, id, {})).toMatchObject(missing);
    expect(await confirm(path, id, { email: 'anna@example.com' })).toMatchObject(missing);
    expect(await typesOf(seatInventoryStream(eventId))).toEqual([
      'InventoryOpened',
      'SeatsReserved',
    ]);
    const ben = await app.token('ben', 'customer');
    const theirs = app.ask('POST', `${path}/reservations/${id}/confirm`, { token: ben, body: {} });
    expect(await theirs).toMatchObject({ status: 404, body: { code: 'reservation-not-found' } });
    expect(await confirm(path, id, { payment: { token: 'tok_success' } })).toMatchObject({
      status: 200,
    });
    expect(await confirm(path, id, {})).toMatchObject(missing);
  });
});
