import { setTimeout as pause } from 'node:timers/promises';
import { EVENT_STORE } from '../../src/ports/shared/tokens.js';
import { proveSale } from '../../src/demo/crowd/proof.js';
import { sellToCrowd } from '../../src/demo/crowd/sale.js';
import { openShop, type Shop } from '../../src/demo/crowd/shop.js';
import { startApp, type TestApp } from '../support/app.js';
import { onSale } from '../support/seat-inventory/event-on-sale.js';

describe('the crowd of the demo', () => {
  let app: TestApp;
  let shop: Shop;
  beforeAll(async () => {
    app = await startApp('postgres', { DEV_TOKENS: 'on' });
    shop = openShop(app.url);
  });
  afterAll(async () => {
    await shop.close();
    await app.close();
  });

  const sale = async (through: Shop, chance: () => number) => {
    const { eventId } = await onSale(app, undefined, { holdSeconds: 1 });
    const options = { eventId, buyers: 3, holdSeconds: 1, chance, onProgress: () => undefined };
    const { tally } = await sellToCrowd(through, { ...options, seatIds: [] });
    return { tally, proof: await proveSale(app.get(EVENT_STORE), eventId) };
  };

  it('waits for the end of abandoned holds', async () => {
    let calls = 0;
    // By turns: how many seats, which seats, how long to think; then one that abandons the hold.
    const { tally, proof } = await sale(shop, () => (calls++ < 9 ? 0.5 : 0.05));
    expect(tally).toMatchObject({ abandoned: 3, bought: 0, errors: new Map() });
    expect(proof).toMatchObject({ holdsLeft: 0, faults: [] });
  });

  it('counts buyers who pay after their hold has ended', async () => {
    const slow: Shop = {
      ...shop,
      call: async (method, path, ...rest) => {
        if (path.endsWith('/confirm')) await pause(2_500);
        return shop.call(method, path, ...rest);
      },
    };
    const { tally, proof } = await sale(slow, () => 0.5);
    expect(tally).toMatchObject({ late: 3, bought: 0, errors: new Map() });
    expect(proof).toMatchObject({ holdsLeft: 0, faults: [] });
  });
});
