/**
 * Starts the built product on a database of its own, runs the browser steps against it, and writes
 * `{passed, failed, skipped}` to a file:
 *
 *   node scripts/browser-suite.js <outcome file> [path of a Chromium]
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { buildIfStale } from './build-if-stale.js';
import { runBrowserSuites } from '../test/e2e-browser/suites.js';

const SAMPLES_WITHIN_MS = 120_000;
const [outcomeFile, chromium = '/usr/bin/chromium'] = process.argv.slice(2);
const root = dirname(dirname(fileURLToPath(import.meta.url)));

buildIfStale();
const dataDirectory = mkdtempSync(join(tmpdir(), 'boxoffice-browser-'));
// When root starts Postgres, it runs as another account, which needs access.
chmodSync(dataDirectory, 0o755);
const child = fork(join(root, 'dist', 'main.js'), {
  env: {
    PATH: process.env.PATH,
    HOME: process.env.HOME,
    PORT: '0',
    DATA_DIR: dataDirectory,
    LOG_LEVEL: 'warn',
  },
  execArgv: [],
});
try {
  const url = await served();
  await samplesLoaded(url);
  const outcome = await runBrowserSuites({ baseUrl: url, chromiumPath: chromium });
  writeFileSync(outcomeFile, JSON.stringify(outcome));
  process.exitCode = outcome.failed > 0 ? 1 : 0;
} finally {
  if (child.exitCode === null) {
    child.kill('SIGTERM');
    await once(child, 'exit');
  }
  rmSync(dataDirectory, { recursive: true, force: true });
}

function served() {
  return new Promise((resolve, reject) => {
    child.once('message', ({ url }) => resolve(url));
    child.once('exit', (code) =>
      reject(new Error(`Boxoffice ended with ${code} before it served.`)),
    );
  });
}

/** The steps use the arena of the samples, which the first start loads while it already serves. */
async function samplesLoaded(url) {
  const deadline = performance.now() + SAMPLES_WITHIN_MS;
  while (performance.now() < deadline) {
    const { hits } = await globalThis
      .fetch(new URL('/v1/events?limit=100', url))
      .then((answer) => answer.json());
    if (hits?.some(({ seatCount }) => seatCount < 4_000)) return;
    await setTimeout(250);
  }
  throw new Error('The samples were not loaded in time.');
}
