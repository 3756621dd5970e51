import { execFile } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { promisify } from 'node:util';
import {
  startEmbeddedPostgres,
  type EmbeddedPostgres,
} from '../../../src/adapters/postgres/embedded-postgres.js';

declare global {
  /** Called by the runner of the suites at the end of a test process. */
  var closeAfterSuites: (() => Promise<void>)[] | undefined;
}

/** As in production, but without checkpoints during a test run. */
const SETTINGS = { checkpoint_timeout: '1h', max_wal_size: '8GB', shared_buffers: '128MB' };

/** @throws Error with the log of the server when it does not start */
export async function startTestServer(dataDirectory: string): Promise<EmbeddedPostgres> {
  const lines: string[] = [];
  const log = (line: string): void => void lines.push(line);
  return startEmbeddedPostgres({ dataDirectory, settings: SETTINGS, log }).catch(
    (error: unknown) => {
      const message = ['The test database did not start.', ...lines, String(error)].join('\n');
      throw new Error(message, { cause: error });
    },
  );
}

let started: Promise<string> | undefined;

/** Returns the URL of the Postgres of this test process, and starts it at the first call. */
export async function testServer(): Promise<string> {
  const { TEST_SERVER_URL, TEST_POSTGRES_DIRECTORY } = process.env;
  if (TEST_SERVER_URL) return TEST_SERVER_URL;
  if (!TEST_POSTGRES_DIRECTORY)
    throw new Error('No test server: jest runs test/support/global-setup.ts, see jest.config.js.');
  return (started ??= startCopy(TEST_POSTGRES_DIRECTORY));
}

async function startCopy(prepared: string): Promise<string> {
  const directory = `${prepared}-${process.pid}`;
  // Keeps the owner: started by root, Postgres runs as another account.
  await promisify(execFile)('cp', ['-a', prepared, directory]);
  const postgres = await startTestServer(directory);
  globalThis.closeAfterSuites?.push(async () => {
    await postgres.stop();
    await rm(directory, { recursive: true, force: true });
  });
  process.env.TEST_SERVER_URL = postgres.url;
  return postgres.url;
}
