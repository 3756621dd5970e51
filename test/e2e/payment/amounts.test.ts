import { EVENT_STORES, startApp, type TestApp } from '../../support/app.js';
import {
  EVENT,
  onSale,
  reserve,
  smallPlan,
  VENUE,
} from '../../support/seat-inventory/event-on-sale.js';
import { twoPricePlan } from '../../support/payment/two-prices.js';

const price = (amountMinor: number, currency: string, category = 'Standard') => ({
  ...{ category, amountMinor, currency },
});
const NOT_CHARGEABLE = 'amount-not-chargeable';

describe.each(EVENT_STORES)('amounts that the provider cannot charge, over %s', (eventStore) => {
  let app: TestApp;
  let organizer: string;
  let customer: string;
  let venueId: string;
  beforeAll(async () => {
    app = await startApp(eventStore);
    organizer = await app.token('olga', 'organizer');
    customer = await app.token('carl', 'customer');
    const body = { ...VENUE, seatingPlan: smallPlan(1, 4) };
    ({ venueId } = (await app.ask('POST', '/v1/venues', { token: organizer, body })).body);
  });
  afterAll(() => app.close());

  const schedule = (prices: object[], more: object = {}) =>
    app.ask('POST', '/v1/events', {
      token: organizer,
      body: { ...EVENT, venueId, prices, ...more },
    });

  it.each([
    [1_234, 'KWD', 'unit', 10],
    [12_345, 'TND', 'unit', 10],
    [12_550, 'MGA', 'unit', 100],
    [49, 'EUR', 'minimum', 50],
    [100_000_000, 'EUR', 'maximum', 99_999_999],
    [5_000, 'IRR', 'currency', null],
  ])('are no prices of a new event: %d %s', async (amountMinor, currency, reason, limitMinor) => {
    const amount = { amountMinor, currency };
    expect(await schedule([price(amountMinor, currency)])).toMatchObject({
      status: 422,
      body: { code: NOT_CHARGEABLE, amount, reason, limitMinor },
    });
  });

  it.each([
    [1_230, 'KWD'],
    [500_000, 'MGA'],
    [50, 'EUR'],
    [0, 'EUR'],
  ])('%d %s is not one of them', async (amountMinor, currency) => {
    expect(await schedule([price(amountMinor, currency)])).toMatchObject({ status: 201 });
  });

  it('change nothing of an event that is on sale: its prices are fixed', async () => {
    const externalId = 'a night out';
    expect((await schedule([price(2_500, 'EUR')], { externalId })).status).toBe(201);
    const changed = await schedule([price(49, 'EUR')], { externalId });
    expect(changed).toMatchObject({ status: 409, body: { code: 'event-fixed' } });
  });

  it('are not accepted as the difference of an exchange, with or without a card', async () => {
    const prices = [price(2_530, 'EUR', 'Dear'), price(2_500, 'EUR')];
    const { path } = await onSale(app, twoPricePlan(2, 4), { prices });
    const { reservationId } = (await reserve(app, path, customer, { seatIds: ['B-1'] })).body;
    const at = `${path}/reservations/${reservationId}`;
    const payment = { token: 'tok_success' };
    const sold = await app.ask('POST', `${at}/confirm`, { token: customer, body: { payment } });
    expect(sold.status).toBe(200);
    for (const card of [{}, { payment }]) {
      const body = { seatIds: ['A-1'], ...card };
      expect(await app.ask('POST', `${at}/exchange`, { token: organizer, body })).toMatchObject({
        status: 422,
        body: {
          code: NOT_CHARGEABLE,
          amount: { amountMinor: 30 },
          reason: 'minimum',
          limitMinor: 50,
        },
      });
    }
  });

  it('are not accepted as the total of a hold, and no payment attempt is recorded', async () => {
    const { path } = await onSale(app, smallPlan(1, 4), { prices: [price(60_000_000, 'EUR')] });
    const { reservationId } = (await reserve(app, path, customer, { seatIds: ['A-1', 'A-2'] }))
      .body;
    const confirm = { token: customer, body: { payment: { token: 'tok_success' } } };
    expect(
      await app.ask('POST', `${path}/reservations/${reservationId}/confirm`, confirm),
    ).toMatchObject({
      status: 422,
      body: { code: NOT_CHARGEABLE, reason: 'maximum' },
    });
    const settle = `/v1/ops/payments/${reservationId}/settle`;
    const operator = await app.token('otto', 'operator');
    expect((await app.ask('POST', settle, { token: operator })).status).toBe(404);
  });
});
