import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import pg from 'pg';
import {
  startEmbeddedPostgres,
  type EmbeddedPostgres,
  type EmbeddedPostgresOptions,
} from '../../../src/adapters/postgres/embedded-postgres.js';
import { processIdentity } from '../../../src/adapters/postgres/processes.js';
import { stopOrphan } from '../../../src/adapters/postgres/server.js';

const BUILT = fileURLToPath(
  new URL('../../../dist/adapters/postgres/embedded-postgres.js', import.meta.url),
);

/** Open to the account that Postgres runs under when the tests run as root. */
async function temporaryDirectory(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'boxoffice-embedded-'));
  await chmod(path, 0o755);
  return path;
}

export async function ask<T extends pg.QueryResultRow>(url: string, sql: string): Promise<T[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<T>(sql)).rows;
  } finally {
    await client.end();
  }
}

export const portOf = (url: string): number => Number(new URL(url).port);
export const serverPid = async (home: string): Promise<number> =>
  Number((await readFile(join(home, 'cluster', 'postmaster.pid'), 'utf8')).split('\n')[0]);
export const isGone = async (pid: number): Promise<boolean> =>
  (await processIdentity(pid)) === undefined;

export interface Elsewhere {
  child: ChildProcess;
  url: string;
  /** Process id of the server. */
  pid: number;
  /** The next line that the process prints. */
  said(): Promise<string>;
}

/**
 * A data directory for each test of the file; whatever was started on it is ended after the test.
 */
export interface DataDirectories {
  readonly current: string;
  /** Log lines of the starts in this process. */
  readonly logged: readonly string[];
  /** Given a database made by an earlier start: a copy, which is quicker than making one. */
  givenDatabase(): Promise<void>;
  start(options?: Partial<EmbeddedPostgresOptions>): Promise<EmbeddedPostgres>;
  startElsewhere(afterwards?: string): Promise<Elsewhere>;
}

export function dataDirectories(): DataDirectories {
  let made: string;
  let current = '';
  const logged: string[] = [];
  const running: EmbeddedPostgres[] = [];
  const children: ChildProcess[] = [];
  beforeAll(async () => {
    made = await temporaryDirectory();
    await (await startEmbeddedPostgres({ dataDirectory: made, log: () => undefined })).stop();
  });
  afterAll(() => rm(made, { recursive: true, force: true }));
  beforeEach(async () => {
    current = await temporaryDirectory();
    logged.length = 0;
  });
  afterEach(async () => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
    for (const postgres of running.splice(0)) await postgres.stop();
    await stopOrphan(current);
    await rm(current, { recursive: true, force: true });
  });
  return {
    get current() {
      return current;
    },
    logged,
    async givenDatabase() {
      await promisify(execFile)('cp', ['-a', `${made}/.`, current]);
    },
    async start(options = {}) {
      const log = (line: string): void => void logged.push(line);
      const postgres = await startEmbeddedPostgres({ dataDirectory: current, log, ...options });
      running.push(postgres);
      return postgres;
    },
    async startElsewhere(afterwards) {
      const elsewhere = await startElsewhere(current, afterwards);
      children.push(elsewhere.child);
      return elsewhere;
    },
  };
}

/**
 * Another process that starts the built database adapter, then does as the script `afterwards`
 * says.
 */
async function startElsewhere(directory: string, afterwards = ''): Promise<Elsewhere> {
  const script = `
    const { startEmbeddedPostgres } = await import(process.argv[1]);
    const postgres = await startEmbeddedPostgres({ dataDirectory: process.argv[2], log() {} });
    console.log(postgres.url);
    const alive = setInterval(() => {}, 1_000);
    ${afterwards}`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script, BUILT, directory], {
    stdio: ['pipe', 'pipe', 'inherit'],
    cwd: dirname(BUILT),
    detached: true,
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const said = async (): Promise<string> => String((await lines.next()).value);
  return { child, said, url: await said(), pid: await serverPid(directory) };
}

export async function occupy(port: number): Promise<() => Promise<unknown>> {
  const server = createServer();
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return async () => {
    server.close();
    await once(server, 'close');
  };
}
