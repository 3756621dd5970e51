/**
 * `npm test`: all suites, two at a time; then, with the machine to themselves, those that hold the product to its figures.
 * Arguments go to jest: with a path only what it names is run, once.
 */
import { spawnSync } from 'node:child_process';

const FIGURES = 'test/figures/';
/** On real services: `npm run test:services`. */
const SERVICES = 'test/services/';
const args = process.argv.slice(2);
const outputFile = args.find((arg) => arg.startsWith('--outputFile='));

const ignoring = (...paths) => paths.map((path) => `--testPathIgnorePatterns=${path}`);

function jest(...more) {
  const jestArgs = ['node_modules/jest/bin/jest.js', '--config', 'jest.config.js', ...more];
  const options = ['--disable-warning=ExperimentalWarning', '--experimental-vm-modules'];
  return spawnSync(process.execPath, [...options, ...jestArgs], { stdio: 'inherit' }).status ?? 1;
}

if (args.some((arg) => !arg.startsWith('-'))) process.exitCode = jest(...args);
else {
  const suites = jest(...args, ...ignoring(FIGURES, SERVICES));
  const figureArgs = args.map((arg) => (arg === outputFile ? `${arg}.figures` : arg));
  const figures = jest(...figureArgs, '--runInBand', FIGURES);
  process.exitCode = suites || figures;
}
