import { join } from 'node:path';
import { writeFile } from 'node:fs/promises';
import { findRunningPostgres } from '../../../src/adapters/postgres/running.js';
import { ask, dataDirectories } from '../../support/services/embedded-postgres.js';

const data = dataDirectories();

describe('a visit to the embedded Postgres of another process', () => {
  it('finds it while it runs, and neither keeps it nor ends it', async () => {
    const embedded = await data.start();

    const url = await findRunningPostgres(data.current);

    expect(url).toBe(embedded.url);
    expect(await ask(url!, 'select 1 as one')).toEqual([{ one: 1 }]);
    await embedded.stop();
    expect(await findRunningPostgres(data.current)).toBeUndefined();
  });

  it('finds none where there never was one, or where its port is remembered only', async () => {
    expect(await findRunningPostgres(join(data.current, 'nothing'))).toBeUndefined();
    await writeFile(join(data.current, 'port'), '9\n');
    await writeFile(join(data.current, 'password'), 'secret\n');
    expect(await findRunningPostgres(data.current)).toBeUndefined();
  });
});
