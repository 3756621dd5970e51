import { describeSearchOverHttp } from './search.suite.js';
import { describeSearchRebuild } from './search-rebuild.suite.js';

describeSearchOverHttp('Postgres', () => ({}));
describeSearchRebuild('Postgres', () => ({}));
