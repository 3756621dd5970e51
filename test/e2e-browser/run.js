/**
 * Runs the browser steps against a running server.
 *
 *   node test/e2e-browser/run.js --base-url http://localhost:3000
 *     [--chromium /usr/bin/chromium] [--shots folder] [--only "part of a title"]
 */
import { parseArgs } from 'node:util';
import { runBrowserSuites } from './suites.js';

const { values } = parseArgs({
  options: {
    'base-url': { type: 'string', default: 'http://localhost:3000' },
    chromium: { type: 'string', default: '/usr/bin/chromium' },
    shots: { type: 'string' },
    only: { type: 'string' },
  },
});
const { failed } = await runBrowserSuites({
  baseUrl: values['base-url'],
  chromiumPath: values.chromium,
  shotsFolder: values.shots,
  only: values.only,
});
process.exitCode = failed > 0 ? 1 : 0;
