/**
 * Creates the fixture of a shop with work in progress with this version of the product, for both
 * event stores, in test/fixtures/shop-NAME:
 *
 *   TEST_DATABASE_URL=postgres://… npm run freeze -- NAME
 *
 * `pg_dump` has to be at least as new as the server; on Debian `pg_virtualenv` starts one that fits
 * and sets PGHOST and the rest. A fixture is made once per version and never changed.
 */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import pg from 'pg';
import { migrate } from '../../../src/read-models/tables/migrate.js';
import { EVENT_STORES, SHORT_WAITS, startApp, type EventStoreName } from '../app.js';
import { freshDatabase, makeTemplate } from '../services/database.js';
import { openEventStoreDbNode } from '../eventstoredb-node.js';
import { until } from '../read-side.js';
import { FILES, readDataDirectory, recordsToText, writeZipped, type Shop } from './files.js';
import { LOST_MS, playInterrupted } from './interrupted.js';
import { playFinished } from './finished.js';

const ROOT = join(import.meta.dirname, '../../../..');
const SETTINGS = {
  PAYMENTS_SANDBOX_SECRET: 'the sandbox of a shop that was frozen',
  AUDIT_CHECKPOINT_SECONDS: '1',
};
/** Long enough that the background processes scan only once, at the start. Milliseconds. */
const NEVER_MS = 3_600_000;
/**
 * `tok_slow` is captured after the fixture is written and before anybody can start it.
 * Milliseconds.
 */
const SLOW_MS = 90_000;
/**
 * Read models have nothing left to apply when their checkpoints stand still for this long.
 * Milliseconds.
 */
const STILL_MS = 2_000;
const run = promisify(execFile);

async function main(): Promise<void> {
  const [, , name] = process.argv;
  if (!name || !/^[\w.-]+$/.test(name)) throw new Error('Expected the name of the fixture.');
  const server = serverUrl(process.env);
  process.env.TEST_SERVER_URL = server;
  await makeTemplate(server, (url) => migrate(url));
  for (const eventStore of EVENT_STORES) {
    const folder = join(ROOT, 'test/fixtures', `shop-${name}`, eventStore);
    await mkdir(folder, { recursive: true });
    await make(eventStore, folder);
    console.log(`${folder} written`);
  }
}

function serverUrl(env: NodeJS.ProcessEnv): string {
  const { TEST_DATABASE_URL, PGHOST, PGPORT, PGUSER, PGPASSWORD } = env;
  if (TEST_DATABASE_URL) return TEST_DATABASE_URL;
  if (!PGHOST) throw new Error('TEST_DATABASE_URL or PGHOST has to name a Postgres server.');
  return `postgres://${PGUSER}:${PGPASSWORD}@${PGHOST}:${PGPORT}/postgres`;
}

async function make(eventStore: EventStoreName, folder: string): Promise<void> {
  const database = await freshDatabase();
  const directory = await mkdtemp(join(tmpdir(), 'boxoffice-shop-'));
  const node = eventStore === 'eventstoredb' ? await openEventStoreDbNode() : undefined;
  const settings = {
    ...SETTINGS,
    DATA_DIR: directory,
    ...(node && { EVENTSTORE_URL: node.connectionString }),
  };
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  try {
    const first = await startApp('postgres', settings, SHORT_WAITS, database);
    const past = await playFinished(first);
    await standStill(client);
    await until(async () => (await unsigned(client)) === 0, 30_000);
    await first.close();

    const sandbox = { lostMs: LOST_MS, slowMs: SLOW_MS };
    const second = await startApp('postgres', settings, { scanMs: NEVER_MS, sandbox }, database);
    const { expected, canceled } = await playInterrupted(second, past.venueId);
    await standStill(client);
    const shop: Shop = {
      version: (
        JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as { version: string }
      ).version,
      settings: { PAYMENTS_SANDBOX_SECRET: SETTINGS.PAYMENTS_SANDBOX_SECRET },
      parkedEventId: past.parkedEventId,
      redeemedTicketId: past.redeemedTicketId,
      waitingRoomEventId: past.waitingRoomEventId,
      canceledEvents: [...past.canceledEvents, canceled],
      expected: [...past.expected, ...expected],
    };
    // Copied while the shop still runs, as a killed process would leave the files.
    await writeZipped(join(folder, FILES.database), await dump(database.url));
    if (node) await writeZipped(join(folder, FILES.log), recordsToText(node.records()));
    await writeJson(join(folder, FILES.data), await readDataDirectory(directory));
    await writeJson(join(folder, FILES.shop), shop);
    await second.close();
  } finally {
    await client.end();
    await node?.close();
    await database.drop();
    await rm(directory, { recursive: true, force: true });
  }
}

/** Resolves when no checkpoint of a read model moves any more. */
async function standStill(client: pg.Client): Promise<void> {
  const look = async () => {
    const { rows } = await client.query(
      `select name, version, generation, commit_position, prepare_position
       from projection_checkpoints order by 1, 2, 3`,
    );
    return JSON.stringify(rows);
  };
  let seen = '';
  for (let next = await look(); next !== seen; next = await look()) {
    seen = next;
    await pause(STILL_MS);
  }
}

/**
 * Seconds that the signed heads lie behind: 0 when a signature is younger than the last change of a
 * read model.
 */
async function unsigned(client: pg.Client): Promise<number> {
  const { rows } = await client.query<{ behind: number }>(
    `select coalesce(extract(epoch from (select max(last_event_at) from projection_checkpoints)
       - (select max((document::json ->> 'madeAt')::timestamptz) from audit_checkpoints)),
       1)::float8 as behind`,
  );
  return Math.max(0, rows[0]!.behind);
}

async function dump(url: string): Promise<string> {
  const options = [
    '--no-owner',
    '--no-privileges',
    '--inserts',
    '--rows-per-insert=200',
    '--no-comments',
  ];
  const { stdout } = await run('pg_dump', [...options, url], { maxBuffer: 1 << 28 });
  // Commands of psql, which other clients don't know.
  return stdout.replace(/^\\.*\n/gm, '');
}

const writeJson = (path: string, value: unknown): Promise<void> =>
  writeFile(path, `${JSON.stringify(value, undefined, 2)}\n`);

await main();
