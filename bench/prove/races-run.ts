import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startEmbeddedPostgres } from '../../src/adapters/postgres/embedded-postgres.js';
import { openProgress } from '../../src/cli/progress.js';
import { migrate } from '../../src/read-models/tables/migrate.js';
import { makeTemplate } from '../../test/support/services/database.js';
import { LOGS, openWriteSide, type LogName } from '../../test/support/write-side.js';
import { keepResults, table } from '../report.js';
import { race, type RacesWon } from './races.js';

const HELP = `Expires holds at one node and confirms them at another, with clocks up to 30 s off.

  npm run prove:races -- [--races 100000]

  --races N   on each event store: Postgres, and EventStoreDB's protocol (1 to 10,000,000)

Ends with 0 when each race has exactly one winner, 1 when one has not, 2 for wrong options. Raw
results: bench/results/.
`;
const MAX_RACES = 10_000_000;
const say = (text: string) => void process.stdout.write(`${text}\n`);

/** Undefined when it cannot be used. */
function readRaces(): number | undefined {
  try {
    const { races } = parseArgs({
      options: { races: { type: 'string', default: '100000' } },
    }).values;
    return /^\d+$/.test(races) && +races > 0 && +races <= MAX_RACES ? Number(races) : undefined;
  } catch {
    return undefined;
  }
}

interface RacesRun extends RacesWon {
  readonly log: LogName;
  readonly seconds: number;
}

async function runOver(log: LogName, races: number): Promise<RacesRun> {
  const side = await openWriteSide(log);
  const progress = openProgress({ activity: `Over ${log}`, unit: 'races', total: races });
  const began = performance.now();
  try {
    const won = await race(side, races, (done) => progress.update(done));
    return { log, ...won, seconds: (performance.now() - began) / 1_000 };
  } finally {
    progress.end();
    await side.close();
  }
}

async function run(races: number): Promise<number> {
  const directory = await mkdtemp(join(tmpdir(), 'boxoffice-races-'));
  // Private by default; started by root, Postgres runs as another account that has to enter.
  await chmod(directory, 0o755);
  const postgres = await startEmbeddedPostgres({ dataDirectory: directory, log: () => {} });
  process.env.TEST_SERVER_URL = postgres.url;
  try {
    await makeTemplate(postgres.url, migrate);
    const runs: RacesRun[] = [];
    for (const log of LOGS) runs.push(await runOver(log, races));
    const head = [
      'log',
      'races',
      'confirmed',
      'expired',
      'neither',
      'both',
      'told wrong',
      'seconds',
    ];
    const rows = runs.map(({ log, confirmed, expired, neither, both, toldWrong, seconds }) =>
      [log, races, confirmed, expired, neither, both, toldWrong, Math.round(seconds)].map(String),
    );
    say(`\n${table([head, ...rows])}\n`);
    const isRight = runs.every(
      ({ confirmed, expired, neither, both, toldWrong }) =>
        confirmed + expired === races && neither + both + toldWrong === 0,
    );
    say(isRight ? 'Exactly one winner each.' : 'WRONG: not exactly one winner each.');
    say(`Raw results: ${await keepResults('prove-races', { races, runs })}`);
    return isRight ? 0 : 1;
  } finally {
    await postgres.stop();
    await rm(directory, { recursive: true, force: true });
  }
}

if (process.argv.includes('--help')) process.stdout.write(HELP);
else {
  const races = readRaces();
  if (races === undefined) process.stderr.write(HELP);
  process.exitCode = races === undefined ? 2 : await run(races);
}
