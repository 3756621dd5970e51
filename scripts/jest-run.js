/**
 * Runs jest and always comes to an end: a process that stays open after its last test, or that
 * takes too long, is killed with all its children and counts as a failed test.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout } from 'node:timers/promises';
import { buildSuites } from './build-suites.js';
import { makeMemoryDirectory } from './memory-directory.js';

const ROOT = join(import.meta.dirname, '..');
/** A run of all suites takes an eighth of this on a quiet machine. Milliseconds. */
const MAX_RUN_MS = 40 * 60_000;
/** From the written report to the end of the process. Milliseconds. */
const MAX_CLOSING_MS = 15_000;
const POLL_MS = 250;

/**
 * Builds and runs suites.
 * @param {readonly string[]} args of jest; a suite is named by its source
 * @param {import('node:child_process').SpawnOptions & { onDisk?: boolean }} options of the child;
 *   `onDisk`: databases are written to the disk, as a measurement needs; otherwise to memory,
 *   where the machine has room
 * @returns {Promise<{ status: number, passed: number, failed: number, skipped: number }>}
 */
export async function runJest(args, { env = process.env, stdio = 'inherit', onDisk = false } = {}) {
  buildSuites();
  const reports = mkdtempSync(join(tmpdir(), 'boxoffice-report-'));
  const memory = onDisk ? undefined : makeMemoryDirectory('boxoffice-tests-');
  try {
    const report = join(reports, 'report.json');
    const child = start([...args, '--json', `--outputFile=${report}`], {
      stdio,
      env: memory ? { ...env, TMPDIR: memory } : env,
    });
    const { status, problem } = await waitForEnd(child, report);
    if (problem) console.error(`\nThe test run ${problem}`);
    const counts = countsOf(report);
    const uncounted = counts.failed === 0 && status !== 0 ? 1 : 0;
    return { status, ...counts, failed: counts.failed + uncounted };
  } finally {
    for (const directory of [reports, memory])
      if (directory) rmSync(directory, { recursive: true, force: true });
  }
}

function start(args, options) {
  // The same memory settings as `npm start`.
  const flags = ['--max-semi-space-size=64', '--enable-source-maps'];
  const jest = ['node_modules/jest/bin/jest.js', '--config', 'jest.config.js'];
  return spawn(process.execPath, [...flags, ...jest, ...args.map(compiledPath)], {
    cwd: ROOT,
    // A process group of its own, to be killed as a whole.
    detached: true,
    ...options,
  });
}

const compiledPath = (arg) =>
  arg.startsWith('test/') ? `.suites/${arg.replace(/\.ts$/, '.js')}` : arg;

async function waitForEnd(child, report) {
  let status;
  child.once('exit', (code) => (status = code ?? 1));
  const signalGroup = (signal) => process.kill(-child.pid, signal);
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, signalGroup);
  try {
    const startedAt = performance.now();
    let reportedAt;
    while (status === undefined) {
      const now = performance.now();
      if (reportedAt === undefined && existsSync(report)) reportedAt = now;
      const isOpen = now - (reportedAt ?? now) > MAX_CLOSING_MS;
      if (isOpen || now - startedAt > MAX_RUN_MS) {
        signalGroup('SIGKILL');
        const late = `did not end within ${MAX_RUN_MS / 60_000} minutes and was killed.`;
        return { status: 1, problem: isOpen ? 'left something open and was killed.' : late };
      }
      await setTimeout(POLL_MS);
    }
    return { status };
  } finally {
    for (const signal of ['SIGINT', 'SIGTERM']) process.off(signal, signalGroup);
  }
}

/** A suite that could not be run counts as a failure, and so does a run without a report. */
function countsOf(file) {
  if (!existsSync(file)) return { passed: 0, failed: 1, skipped: 0 };
  const report = JSON.parse(readFileSync(file, 'utf8'));
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + report.numRuntimeErrorTestSuites,
    skipped: report.numPendingTests + report.numTodoTests,
  };
}
