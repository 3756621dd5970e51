import pg from 'pg';
import { freshDatabase } from '../support/database.js';

describe('a fresh database', () => {
  it('is empty, its own, and gone once dropped', async () => {
    const one = await freshDatabase();
    const other = await freshDatabase();
    const client = new pg.Client({ connectionString: one.url });
    await client.connect();
    await client.query('create table seats (id int)');
    await client.end();
    const elsewhere = new pg.Client({ connectionString: other.url });
    await elsewhere.connect();
    await expect(elsewhere.query('select * from seats')).rejects.toThrow(/does not exist/);
    await elsewhere.end();
    await one.drop();
    await other.drop();
    const gone = new pg.Client({ connectionString: one.url });
    await expect(gone.connect()).rejects.toThrow(/does not exist/);
  });
});
