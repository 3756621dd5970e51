/**
 * `npm run test:eventstore`: runs all suites that use EventStoreDB, each on a node of its own in
 * another process, behind a TCP gate of the tests. TEST_EVENTSTORE_COMMAND starts a node; without
 * it the in-test node is started as a process. Arguments go to jest.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runJest } from './jest-run.js';

const ROOT = join(import.meta.dirname, '..');
/** Matches a suite that uses EventStoreDB. */
const USES = /eventstoredb|EVENT_STORES|LOGS\b|startProcessOver/;
const FOLDERS = [
  'test/contract',
  'test/adapters',
  'test/audit',
  'test/commands',
  'test/processes',
  'test/projections',
  'test/e2e',
];

process.chdir(ROOT);
if (!process.env.TEST_EVENTSTORE_COMMAND) {
  process.env.TEST_EVENTSTORE_COMMAND =
    'exec node .suites/test/support/eventstoredb/eventstoredb-node-process.js';
}
const args = process.argv.slice(2);
const suites = args.some((arg) => !arg.startsWith('-'))
  ? []
  : FOLDERS.flatMap((folder) =>
      readdirSync(folder, { recursive: true }).map((name) => join(folder, name)),
    ).filter((file) => file.endsWith('.test.ts') && USES.test(readFileSync(file, 'utf8')));
process.exitCode = (await runJest([...args, ...suites])).status;
