import { openPostgresSearch } from '../../src/adapters/search/postgres.js';
import { freshDatabase } from '../support/services/database.js';
import { describeSearchIndexContract } from './search-index.contract.js';
import { describeSearchScriptsContract } from './search-scripts.contract.js';

const open = async () => {
  const database = await freshDatabase();
  const index = openPostgresSearch({ connectionString: database.url });
  return {
    index,
    stop: async () => {
      await index.close();
      await database.drop();
    },
  };
};

describeSearchIndexContract('Postgres', open);
describeSearchScriptsContract('Postgres', open);
