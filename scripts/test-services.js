/**
 * `npm run test:services`: the suites of `test/services/` on real services, each started here if this machine has it.
 * A suite says in its first lines which it needs, `@services redis nginx`; one that needs what cannot be had is skipped, by name.
 *   node scripts/test-services.js [--json=FILE] [pattern …]     patterns choose suites by their path
 * With --json the sum is written to FILE: { passed, failed, skipped }.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

const ROOT = join(import.meta.dirname, '..');
const SUITES = join(ROOT, 'test', 'services');
const SERVICES = join(import.meta.dirname, 'services');

const { values, positionals } = parseArgs({ options: { json: { type: 'string' } }, allowPositionals: true });
const log = (line) => console.error(`services: ${line}`);

const suites = readdirSync(SUITES)
  .filter((name) => name.endsWith('.test.ts'))
  .filter((name) => positionals.length === 0 || positionals.some((pattern) => name.includes(pattern)))
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
  if (runnable.length > 0) run(runnable);
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

/** @returns {Promise<{ env?: Record<string, string>, stop?: () => Promise<void>, unavailable?: string }>} */
async function start(name) {
  const { start } = await import(join(SERVICES, `${name}.js`));
  try {
    const service = await start({ log });
    log(service.unavailable ? `${name} cannot be had here: ${service.unavailable}` : `${name} runs`);
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

function run(names) {
  const env = Object.assign({ ...process.env }, ...[...started.values()].map((service) => service.env ?? {}));
  const directory = mkdtempSync(join(tmpdir(), 'boxoffice-services-'));
  const report = join(directory, 'report.json');
  const jest = ['node_modules/jest/bin/jest.js', '--config', 'jest.config.js', '--runInBand', '--json'];
  const options = ['--disable-warning=ExperimentalWarning', '--experimental-vm-modules', ...jest];
  const paths = names.map((name) => `test/services/${name}`);
  const { status } = spawnSync(
    process.execPath,
    [
      ...options,
      `--outputFile=${report}`,
      '--testPathIgnorePatterns=/node_modules/',
      '--runTestsByPath',
      ...paths,
    ],
    { cwd: ROOT, env, stdio: ['ignore', 'ignore', 'inherit'] },
  );
  const counts = existsSync(report) ? JSON.parse(readFileSync(report, 'utf8')) : undefined;
  rmSync(directory, { recursive: true, force: true });
  sum.passed += counts?.numPassedTests ?? 0;
  sum.skipped += (counts?.numPendingTests ?? 0) + (counts?.numTodoTests ?? 0);
  const failed = counts ? counts.numFailedTests + counts.numRuntimeErrorTestSuites : 1;
  sum.failed += failed === 0 && status !== 0 ? 1 : failed;
}
