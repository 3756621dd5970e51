import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { openPostgresEventStore } from '../../src/adapters/event-store/postgres/postgres.js';
import { seededChance } from '../../src/demo/crowd/seeded-chance.js';
import { migrate } from '../../src/read-models/tables/migrate.js';
import { appendSales } from '../../bench/rebuild-log.js';
import { ask, mint } from '../support/app.js';
import { startProcess, type BoxofficeProcess } from '../support/services/boxoffice-process.js';
import { freshDatabase, type FreshDatabase } from '../support/services/database.js';

const EVENTS = 20_000;
/** Number of killed processes, each at another point of the rebuild. */
const KILLS = 3;
const SEED = Number(process.env.CRASH_SEED ?? 20260611);
/** Maximum time before a process that continues the rebuild is killed. Milliseconds. */
const PEACE_MS = 300;
const LONGEST_MS = 120_000;

describe('a rebuild in a process that is killed', () => {
  let database: FreshDatabase;
  let directory: string;
  let boxoffice: BoxofficeProcess;
  const secret = randomBytes(32).toString('hex');
  const start = async () => {
    boxoffice = await startProcess({
      DATA_DIR: directory,
      DATABASE_URL: database.url,
      JWT_SECRET: secret,
    });
  };
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'boxoffice-rebuild-'));
    database = await freshDatabase();
    await migrate(database.url);
    const log = openPostgresEventStore({ connectionString: database.url, appendTimeoutMs: 60_000 });
    await appendSales(log, EVENTS, () => {});
    await log.close();
    await start();
  });
  afterAll(async () => {
    await boxoffice?.stop();
    await database.drop();
    await rm(directory, { recursive: true, force: true });
  });

  it('continues in the next process, and ends with the same tables', async () => {
    const token = await mint(secret, 'otto', ['operator']);
    const operate = async (method: string, path: string) =>
      (await ask(`${boxoffice.url}/v1/ops/projections${path}`, method, { token })).body;
    const until = async (condition: () => Promise<boolean>) => {
      const deadline = Date.now() + LONGEST_MS;
      while (!(await condition())) {
        if (Date.now() > deadline) throw new Error(`Not within ${LONGEST_MS} ms.`);
        await pause(20);
      }
    };
    const read = async () =>
      (await operate('GET', '')).projections.find(
        ({ name }: { name: string }) => name === 'seat-status',
      );
    await until(async () => (await read()).lastEventAt !== null && (await read()).state === 'live');

    const chance = seededChance(SEED);
    await operate('POST', '/seat-status/rebuild');
    const doneAtKill: number[] = [];
    for (let kill = 0; kill < KILLS; kill++) {
      const before = doneAtKill.at(-1) ?? 0;
      const rebuild = async () => (await operate('GET', '/seat-status/rebuild')).rebuild;
      await until(
        async () => (await rebuild()).done > before || (await rebuild()).endedAt !== null,
      );
      await pause(chance() * PEACE_MS);
      const { done, phase } = await rebuild();
      await boxoffice.kill();
      doneAtKill.push(done);
      await start();
      if (phase === 'switched') break;
    }
    await until(
      async () => (await operate('GET', '/seat-status/rebuild')).rebuild.phase === 'switched',
    );
    const { rebuild } = await operate('GET', '/seat-status/rebuild');
    console.info(`killed after ${doneAtKill.join(', ')} of ${rebuild.done} domain events`);
    expect(rebuild).toMatchObject({ done: EVENTS, comparison: { equal: true } });
    expect(doneAtKill.some((done) => done > 0 && done < EVENTS)).toBe(true);
  }, 300_000);
});
