/**
 * `npm test`: all suites, two at a time; then, with the machine to themselves, those that hold the product to its figures.
 * A suite that fails is run once more alone, and said so by name: on a busy machine some wait in vain for what comes late. What
 * fails alone has failed. Arguments go to jest: with a path only what it names is run, once.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const FIGURES = 'test/figures/';
/** On real services: `npm run test:services`. */
const SERVICES = 'test/services/';
/** More than so many fail for a reason of their own. */
const MOST_AGAIN = 20;

const args = process.argv.slice(2);
const outputFile = args.find((arg) => arg.startsWith('--outputFile='))?.slice('--outputFile='.length);
const others = args.filter((arg) => !arg.startsWith('--outputFile=') && arg !== '--json');
const directory = mkdtempSync(join(tmpdir(), 'boxoffice-tests-'));

function jest(...more) {
  const jestArgs = ['node_modules/jest/bin/jest.js', '--config', 'jest.config.js', ...more];
  const options = ['--disable-warning=ExperimentalWarning', '--experimental-vm-modules'];
  return spawnSync(process.execPath, [...options, ...jestArgs], { stdio: 'inherit' }).status ?? 1;
}

/** What jest has counted: nothing but a failure when it could not even say that. */
function counted(name, ...more) {
  const report = join(directory, `${name}.json`);
  const status = jest(...others, '--json', `--outputFile=${report}`, ...more);
  if (!existsSync(report)) return { status, passed: 0, failed: 1, skipped: 0, failedFiles: [] };
  const { numPassedTests, numFailedTests, numPendingTests, numTodoTests, testResults } = JSON.parse(
    readFileSync(report, 'utf8'),
  );
  const failing = testResults.filter(({ status }) => status === 'failed');
  const broken = failing.filter(({ assertionResults }) => assertionResults.length === 0).length;
  return {
    ...{ status, passed: numPassedTests, failed: numFailedTests + broken },
    skipped: numPendingTests + numTodoTests,
    failedFiles: failing.map(({ name }) => name),
    passedIn: (files) =>
      testResults
        .filter(({ name }) => files.includes(name))
        .flatMap(({ assertionResults }) => assertionResults)
        .filter(({ status }) => status === 'passed').length,
  };
}

/** Runs the suites; those that failed, once more alone. */
function run(name, ...more) {
  const first = counted(name, ...more);
  const again = first.failedFiles;
  if (again.length === 0 || again.length > MOST_AGAIN) return first;
  console.log(
    `\nOnce more, alone:\n${again.map((file) => `  ${file.slice(process.cwd().length + 1)}`).join('\n')}\n`,
  );
  const alone = counted(`${name}-alone`, '--runInBand', '--runTestsByPath', ...again);
  return {
    status: alone.status,
    passed: first.passed - first.passedIn(again) + alone.passed,
    failed: alone.failed,
    skipped: first.skipped,
  };
}

function write(file, { passed, failed, skipped }) {
  const sum = { numPassedTests: passed, numFailedTests: failed, numPendingTests: skipped };
  if (file) writeFileSync(file, JSON.stringify({ ...sum, numTodoTests: 0, numRuntimeErrorTestSuites: 0 }));
}

if (args.some((arg) => !arg.startsWith('-'))) process.exitCode = jest(...args);
else {
  const ignored = [FIGURES, SERVICES].map((path) => `--testPathIgnorePatterns=${path}`);
  const suites = run('suites', ...ignored);
  write(outputFile, suites);
  const figures = run(
    'figures',
    '--runInBand',
    '--testPathIgnorePatterns=/node_modules/',
    '--testPathPatterns',
    FIGURES,
  );
  write(outputFile && `${outputFile}.figures`, figures);
  process.exitCode = suites.status || figures.status;
}
rmSync(directory, { recursive: true, force: true });
