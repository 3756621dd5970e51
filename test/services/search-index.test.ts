/** @services opensearch */
import { randomBytes } from 'node:crypto';
import { openOpenSearch } from '../../src/adapters/search/opensearch.js';
import { systemClock } from '../../src/adapters/system/clock.js';
import { describeSearchIndexContract } from '../contract/search-index.contract.js';
import { describeSearchScriptsContract } from '../contract/search-scripts.contract.js';

const url = process.env.TEST_OPENSEARCH_URL;
if (!url) throw new Error('TEST_OPENSEARCH_URL is not set: run this by `npm run test:services`.');

const open = async () => {
  const index = openOpenSearch({
    url,
    alias: `test-${randomBytes(6).toString('hex')}`,
    clock: systemClock,
  });
  return {
    index,
    stop: async () => {
      for (const set of await index.sets()) await index.remove(set);
      await index.close();
    },
  };
};

describeSearchIndexContract('OpenSearch', open);
describeSearchScriptsContract('OpenSearch', open);
