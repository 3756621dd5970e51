/** @services opensearch */
import { randomBytes } from 'node:crypto';
import { describeSearchOverHttp } from '../e2e/search/search.suite.js';

describeSearchOverHttp('OpenSearch', () => ({
  OPENSEARCH_URL: process.env.TEST_OPENSEARCH_URL!,
  OPENSEARCH_ALIAS: `test-${randomBytes(6).toString('hex')}`,
}));
