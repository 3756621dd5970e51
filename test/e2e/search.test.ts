import { describeSearchOverHttp } from './search.suite.js';

describeSearchOverHttp('Postgres', () => ({}));
