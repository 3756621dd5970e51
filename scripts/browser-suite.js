/**
 * Starts the built product on a database of its own, lets a browser buy tickets from it, and writes
 * `{passed, failed, skipped}` to the file named first. The path of a Chromium may follow.
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
import { runBookingInBrowser } from '../test/e2e-browser/booking.browser.js';
import { runPageInBrowser } from '../test/e2e-browser/page.browser.js';
import { runWaitingRoomInBrowser } from '../test/e2e-browser/waiting-room.browser.js';

const SAMPLES_WITHIN_MS = 120_000;
const [outcomeFile, chromium] = process.argv.slice(2);
const root = dirname(dirname(fileURLToPath(import.meta.url)));

buildIfStale();
const dataDirectory = mkdtempSync(join(tmpdir(), 'boxoffice-browser-'));
// Started by root, Postgres runs as another account that has to enter.
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
  const outcome = { passed: 0, failed: 0, skipped: 0 };
  for (const suite of [runBookingInBrowser, runWaitingRoomInBrowser, runPageInBrowser]) {
    const one = await suite(url, chromium);
    for (const kind of Object.keys(outcome)) outcome[kind] += one[kind];
  }
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
  return new Promise((resolve, refuse) => {
    child.once('message', ({ url }) => resolve(url));
    child.once('exit', (code) =>
      refuse(new Error(`Boxoffice ended with ${code} before it served.`)),
    );
  });
}

/** The browser buys in the arena of the samples, which the first start loads while it already serves. */
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
