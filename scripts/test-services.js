/**
 * `npm run test:services`: runs the suites of `test/services/` on real services, which it starts.
 * The first lines of a suite name what it needs, as in `@services redis nginx`. A suite is skipped,
 * and named, when this machine lacks a service.
 *   node scripts/test-services.js [--json=FILE] [pattern …]    patterns choose suites by their path
 * With --json the sum is written to FILE: { passed, failed, skipped }.
 */
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { runJest } from './jest-run.js';

const ROOT = join(import.meta.dirname, '..');
const SUITES = join(ROOT, 'test', 'services');
const SERVICES = join(import.meta.dirname, 'services');

const { values, positionals } = parseArgs({
  options: { json: { type: 'string' } },
  allowPositionals: true,
});
const log = (line) => console.error(`services: ${line}`);

const suites = readdirSync(SUITES)
  .filter((name) => name.endsWith('.test.ts'))
  .filter(
    (name) => positionals.length === 0 || positionals.some((pattern) => name.includes(pattern)),
  )
  .map((name) => ({ name, needs: needsOf(join(SUITES, name)) }));
const started = new Map();
const sum = { passed: 0, failed: 0, skipped: 0 };
try {
  for (const service of new Set(suites.flatMap(({ needs }) => needs)))
    started.set(service, await start(service));
  const runnable = [];
  for (const suite of suites) {
    const missing = suite.needs.find((service) => started.get(service).unavailable);
    if (missing === undefined) runnable.push(suite.name);
    else skip(suite.name, `${missing}: ${started.get(missing).unavailable}`);
  }
  if (runnable.length > 0) await run(runnable);
} finally {
  for (const service of started.values()) await service.stop?.();
}
if (values.json) writeFileSync(values.json, JSON.stringify(sum));
console.log(`${sum.passed} passed, ${sum.failed} failed, ${sum.skipped} skipped`);
process.exitCode = sum.failed > 0 ? 1 : 0;

function needsOf(file) {
  const [, names] = /@services +([\w ]+)/.exec(readFileSync(file, 'utf8')) ?? [];
  if (!names) throw new Error(`${file} does not say which services it needs: @services NAME …`);
  return names.trim().split(/ +/);
}

/**
 * @returns {Promise<{ env?: Record<string, string>, stop?: () => Promise<void>, unavailable?:
 * string }>}
 */
async function start(name) {
  const { start } = await import(join(SERVICES, `${name}.js`));
  try {
    const service = await start({ log });
    log(service.unavailable ? `${name} is unavailable: ${service.unavailable}` : `${name} runs`);
    return service;
  } catch (error) {
    // Something is there and does not work: that is no reason to pass.
    log(`${name} did not start: ${error.stack}`);
    sum.failed++;
    return { unavailable: `did not start: ${error.message}` };
  }
}

function skip(name, why) {
  sum.skipped++;
  console.log(`skipped  ${name} (${why})`);
}

async function run(names) {
  const env = Object.assign(
    { ...process.env },
    ...[...started.values()].map((service) => service.env ?? {}),
  );
  const paths = names.map((name) => `test/services/${name}`);
  const { passed, failed, skipped } = await runJest(
    ['--runInBand', '--testPathIgnorePatterns=/node_modules/', '--runTestsByPath', ...paths],
    { env, stdio: ['ignore', 'ignore', 'inherit'] },
  );
  sum.passed += passed;
  sum.skipped += skipped;
  sum.failed += failed;
}
