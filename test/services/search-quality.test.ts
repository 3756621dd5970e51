/** @services opensearch */
import { randomBytes } from 'node:crypto';
import { openOpenSearch } from '../../src/adapters/search/opensearch.js';
import { systemClock } from '../../src/adapters/system/clock.js';
import { describeSearchQuality } from '../search-quality/search-quality.suite.js';

describeSearchQuality('OpenSearch', async () => {
  const url = process.env.TEST_OPENSEARCH_URL!;
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
});
