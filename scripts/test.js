/**
 * `npm test`: runs all suites, then the figures alone on the machine. Arguments go to jest; with a
 * path only the suites that it names run.
 */
import { writeFileSync } from 'node:fs';
import { runJest } from './jest-run.js';

const FIGURES = 'test/figures/';
/** On real services: `npm run test:services`. */
const SERVICES = 'test/services/';

const args = process.argv.slice(2);
const outputFile = args
  .find((arg) => arg.startsWith('--outputFile='))
  ?.slice('--outputFile='.length);
const others = args.filter((arg) => !arg.startsWith('--outputFile=') && arg !== '--json');

function write(file, { passed, failed, skipped }) {
  if (file) writeFileSync(file, JSON.stringify({ passed, failed, skipped }));
}

if (args.some((arg) => !arg.startsWith('-'))) process.exitCode = (await runJest(args)).status;
else {
  const ignored = [FIGURES, SERVICES].map((path) => `--testPathIgnorePatterns=${path}`);
  const suites = await runJest([...others, ...ignored]);
  write(outputFile, suites);
  const only = ['--testPathIgnorePatterns=/node_modules/', '--testPathPatterns', FIGURES];
  const figures = await runJest([...others, '--runInBand', ...only], { onDisk: true });
  write(outputFile && `${outputFile}.figures`, figures);
  process.exitCode = suites.status || figures.status;
}
