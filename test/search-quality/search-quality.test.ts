import { openPostgresSearch } from '../../src/adapters/search/postgres.js';
import { freshDatabase } from '../support/services/database.js';
import { describeSearchQuality } from './search-quality.suite.js';

describeSearchQuality('Postgres', async () => {
  const database = await freshDatabase();
  const index = openPostgresSearch({ connectionString: database.url });
  return {
    index,
    stop: async () => {
      await index.close();
      await database.drop();
    },
  };
});
