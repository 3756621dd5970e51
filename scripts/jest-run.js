/**
 * One run of jest that comes to an end, whatever the tests leave open: what is kept open after the
 * last test, or does not end in its time, is ended with all that it started, and counts as a
 * failure that says so.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout } from 'node:timers/promises';
import { buildSuites } from './build-suites.js';

const ROOT = join(import.meta.dirname, '..');
/** A run of everything takes a tenth of it on a quiet machine. Milliseconds. */
const LONGEST_MS = 40 * 60_000;
/** From the written report to the end of the process. Milliseconds. */
const CLOSING_MS = 15_000;
const LOOK_EVERY_MS = 250;

/**
 * @param {readonly string[]} args of jest
 * @param {import('node:child_process').SpawnOptions} options
 * @returns {Promise<{ status: number, passed: number, failed: number, skipped: number, results:
 * readonly object[] }>}
 *   results as jest writes them, by file
 */
export async function runJest(args, options = {}) {
  buildSuites();
  const directory = mkdtempSync(join(tmpdir(), 'boxoffice-tests-'));
  const file = join(directory, 'report.json');
  try {
    const { status, trouble } = await ended(
      start([...args, '--json', `--outputFile=${file}`], options),
      file,
    );
    if (trouble) console.error(`\nThe run of the tests ${trouble}`);
    const counts = countsOf(existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined);
    const unsaid = counts.failed === 0 && status !== 0 ? 1 : 0;
    return { status, ...counts, failed: counts.failed + unsaid };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function start(args, options) {
  // Memory as `npm start` gives it.
  const memory = ['--max-semi-space-size=64'];
  const flags = [...memory, '--enable-source-maps'];
  const jest = ['node_modules/jest/bin/jest.js', '--config', 'jest.config.js'];
  // A group of its own, to be ended with all that it has started.
  return spawn(process.execPath, [...flags, ...jest, ...args.map(compiled)], {
    cwd: ROOT,
    stdio: 'inherit',
    detached: true,
    ...options,
  });
}

/** A suite is named by its source and run as it is compiled. */
function compiled(arg) {
  return arg.startsWith('test/') ? `.suites/${arg.replace(/\.ts$/, '.js')}` : arg;
}

async function ended(child, report) {
  let status;
  child.once('exit', (code) => (status = code ?? 1));
  const passOn = (signal) => process.kill(-child.pid, signal);
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, passOn);
  try {
    const began = performance.now();
    let writtenAt;
    while (status === undefined) {
      const now = performance.now();
      if (writtenAt === undefined && existsSync(report)) writtenAt = now;
      const isOpen = now - (writtenAt ?? now) > CLOSING_MS;
      if (isOpen || now - began > LONGEST_MS) {
        passOn('SIGKILL');
        return { status: 1, trouble: isOpen ? 'left something open, and was ended.' : outOfTime() };
      }
      await setTimeout(LOOK_EVERY_MS);
    }
    return { status };
  } finally {
    for (const signal of ['SIGINT', 'SIGTERM']) process.off(signal, passOn);
  }
}

const outOfTime = () => `was not done after ${LONGEST_MS / 60_000} minutes, and was ended.`;

/** A suite that could not be run counts as a failure, and so does a run without a report. */
function countsOf(report) {
  if (!report) return { passed: 0, failed: 1, skipped: 0, results: [] };
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + report.numRuntimeErrorTestSuites,
    skipped: report.numPendingTests + report.numTodoTests,
    results: report.testResults,
  };
}
