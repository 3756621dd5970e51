import { freshDatabase, type FreshDatabase } from '../../support/services/database.js';
import { restoreByCopy, runAhead } from '../../support/log/restored-log.js';
import { ShopLife } from '../../support/shop-life.js';

describe('a shop whose database is restored into a cluster with lower transaction ids', () => {
  let database: FreshDatabase;
  let shop: ShopLife;
  beforeAll(async () => {
    database = await freshDatabase();
    await runAhead(database.url);
    shop = await ShopLife.open(database);
    await shop.begin();
  });
  afterAll(async () => {
    await shop.close();
    await database.drop();
  });

  it('continues all work in progress', async () => {
    await shop.close();
    await restoreByCopy(database.url);
    await shop.reopen(database);
    await shop.goOn();
  });

  it('continues after a second restore', async () => {
    await shop.close();
    await restoreByCopy(database.url);
    await shop.reopen(database);
    expect((await shop.app.ask('GET', '/health/ready')).status).toBe(200);
  });
});
