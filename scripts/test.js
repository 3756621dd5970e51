/**
 * `npm test`: all suites, two at a time; then, with the machine to themselves, those that hold the product to its figures.
 * A suite that fails is run once more alone, and said so by name: on a busy machine some wait in
 * vain for what comes late. What fails alone has failed. Arguments go to jest: with a path only
 * what it names is run, once.
 */
import { writeFileSync } from 'node:fs';
import { runJest } from './jest-run.js';

const FIGURES = 'test/figures/';
/** On real services: `npm run test:services`. */
const SERVICES = 'test/services/';
/** More than so many fail for a reason of their own. */
const MOST_AGAIN = 20;

const args = process.argv.slice(2);
const outputFile = args
  .find((arg) => arg.startsWith('--outputFile='))
  ?.slice('--outputFile='.length);
const others = args.filter((arg) => !arg.startsWith('--outputFile=') && arg !== '--json');

/** Runs the suites; those that failed, once more alone. */
async function run(...more) {
  const first = await runJest([...others, ...more]);
  const again = first.results.filter(({ status }) => status === 'failed').map(({ name }) => name);
  if (again.length === 0 || again.length > MOST_AGAIN) return first;
  const names = again.map((file) => `  ${file.slice(process.cwd().length + 1)}`);
  console.log(`\nOnce more, alone:\n${names.join('\n')}\n`);
  const alone = await runJest([...others, '--runInBand', '--runTestsByPath', ...again]);
  return {
    status: alone.status,
    passed: first.passed - passedIn(first.results, again) + alone.passed,
    failed: alone.failed,
    skipped: first.skipped,
  };
}

function passedIn(results, files) {
  const tests = results
    .filter(({ name }) => files.includes(name))
    .flatMap((file) => file.assertionResults);
  return tests.filter(({ status }) => status === 'passed').length;
}

function write(file, { passed, failed, skipped }) {
  if (file) writeFileSync(file, JSON.stringify({ passed, failed, skipped }));
}

if (args.some((arg) => !arg.startsWith('-'))) process.exitCode = (await runJest(args)).status;
else {
  const suites = await run(
    ...[FIGURES, SERVICES].map((path) => `--testPathIgnorePatterns=${path}`),
  );
  write(outputFile, suites);
  const ofFigures = ['--testPathIgnorePatterns=/node_modules/', '--testPathPatterns', FIGURES];
  const figures = await run('--runInBand', ...ofFigures);
  write(outputFile && `${outputFile}.figures`, figures);
  process.exitCode = suites.status || figures.status;
}
