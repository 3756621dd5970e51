import 'reflect-metadata';
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { POOL } from '../src/adapters/postgres/tokens.js';
import { EVENT_STORE, PROJECTION_OPERATIONS } from '../src/ports/shared/tokens.js';
import { PROJECTION_RUNNERS } from '../src/projections/tokens.js';
import { startEmbeddedPostgres } from '../src/adapters/postgres/embedded-postgres.js';
import { startBoxoffice, type Boxoffice } from '../src/app/boxoffice.js';
import { readConfig } from '../src/config/config.js';
import type { RebuildView } from '../src/ports/projection/projection-operations.js';
import { appendSales } from './rebuild-log.js';
import { bareCopy, sellOn, type LiveRun } from './rebuild-load.js';
import { startNodeProcess } from '../test/support/eventstoredb/eventstoredb-server.js';
import { keepResults, median, table } from './report.js';

const HELP = `Rebuilds the seat status from the log, alone and during reservations, and compares
with a bare COPY of the same rows.

  npm run bench:rebuild -- [--events 1000000] [--per-second 500] [--rounds 3] [--eventstoredb]

  --events N       domain events of the log
  --per-second N   reservations of two seats that go on meanwhile
  --eventstoredb   the log is in EventStoreDB's in-test node, a process of its own
`;

/** Required figures. */
const TARGETS = { eventsPerSecond: 40_000, shareOfCopy: 0.5, lagP99Ms: 1_000 };
const PROJECTION = 'seat-status';

const { values } = parseArgs({
  options: {
    events: { type: 'string', default: '1000000' },
    'per-second': { type: 'string', default: '500' },
    rounds: { type: 'string', default: '3' },
    eventstoredb: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  process.stdout.write(HELP);
  process.exit(0);
}
const wanted = Number(values.events);
const perSecond = Number(values['per-second']);
const rounds = Number(values.rounds);
const say = (text: string) => void process.stdout.write(`${text}\n`);

interface Rebuilt {
  readonly events: number;
  /** Time until the comparison: reading, projecting, writing, indices and statistics. */
  readonly loadSeconds: number;
  /** Time from the command to the switch. */
  readonly seconds: number;
  /** CPU time of this process per domain event, until then. */
  readonly cpuMicros: number;
  readonly equal: boolean;
  readonly rows: number;
}

interface Round {
  readonly copySeconds: number;
  readonly quiet: Rebuilt;
  readonly busy: Rebuilt;
  readonly live: LiveRun;
}

const node = values.eventstoredb ? await startNodeProcess() : undefined;
const directory = await mkdtemp(join(tmpdir(), 'boxoffice-bench-'));
const postgres = await startEmbeddedPostgres({ dataDirectory: directory, log: () => {} });
try {
  const config = readConfig({
    ...{
      DATABASE_URL: postgres.url,
      DATA_DIR: directory,
      JWT_SECRET: randomBytes(32).toString('hex'),
    },
    ...{ PORT: '0', LOG_LEVEL: 'warn', SAMPLES: 'off', MAIL: 'off' },
    ...(node && { EVENTSTORE_URL: node.connectionString }),
  });
  const boxoffice = await startBoxoffice(config);
  try {
    const measured = await run(boxoffice);
    const verdict = judge(measured);
    say(`\n${table([['target', 'wanted', 'measured', ''], ...verdict])}`);
    const results = {
      eventStoreDb: node !== undefined,
      events: wanted,
      perSecond,
      rounds: measured,
      verdict,
    };
    say(`\nRaw results: ${await keepResults('rebuild', results)}`);
  } finally {
    await boxoffice.close();
  }
} finally {
  await postgres.stop();
  await node?.close();
  await rm(directory, { recursive: true, force: true });
}

async function run(boxoffice: Boxoffice): Promise<Round[]> {
  say(`Writing ${wanted.toLocaleString('en-US')} domain events …`);
  const written = await appendSales(boxoffice.get(EVENT_STORE), wanted, (events) =>
    say(`  ${events.toLocaleString('en-US')}`),
  );
  say('Letting every projection take them in …');
  await caughtUp(boxoffice);
  const measured: Round[] = [];
  for (let round = 1; round <= rounds; round++) {
    const copySeconds = await bareCopy(boxoffice.get(POOL), ['inventories', 'seat_status']);
    const quiet = await rebuild(boxoffice);
    const { result: busy, live } = await sellOn(boxoffice, perSecond, () => rebuild(boxoffice));
    measured.push({ copySeconds, quiet, busy, live });
    say(
      table([
        [
          'round',
          'copy s',
          'quiet ev/s',
          'CPU µs/ev',
          'busy ev/s',
          'reservations/s',
          'lag p50 ms',
          'lag p99 ms',
          'failed reads',
          'equal',
        ],
        [
          String(round),
          copySeconds,
          rate(quiet),
          quiet.cpuMicros,
          rate(busy),
          live.reservationsPerSecond,
          live.lagP50,
          live.lagP99,
          String(live.failedReads),
          String(quiet.equal && busy.equal),
        ],
      ]),
    );
  }
  say(`${written.toLocaleString('en-US')} domain events in all`);
  return measured;
}

/** Waits until all runners have reached the end of the log. */
async function caughtUp({ get }: Boxoffice): Promise<void> {
  for (let calm = 0; calm < 5;) {
    await new Promise((resolve) => setTimeout(resolve, 500));
    const statuses = get(PROJECTION_RUNNERS).map((runner) => runner.status());
    calm = statuses.every(({ state, lagSeconds }) => state === 'live' && lagSeconds === 0)
      ? calm + 1
      : 0;
  }
}

async function rebuild({ get }: Boxoffice): Promise<Rebuilt> {
  const operations = get(PROJECTION_OPERATIONS);
  const began = performance.now();
  const cpuBefore = process.cpuUsage();
  const started = await operations.startRebuild(PROJECTION, `bench-${randomUUID()}`, false);
  if (!started.accepted) throw new Error(started.rejection.code);
  let loadedAt: number | undefined;
  let cpu: NodeJS.CpuUsage | undefined;
  let done = 0;
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    const view: RebuildView = (await operations.rebuildOf(PROJECTION))!;
    if (view.phase === 'loading' || view.phase === 'indexing') done = view.done;
    else {
      loadedAt ??= performance.now();
      cpu ??= process.cpuUsage(cpuBefore);
    }
    if (view.phase === 'differs') throw new Error(JSON.stringify(view.comparison));
    if (view.phase !== 'switched') continue;
    const seconds = (performance.now() - began) / 1_000;
    return {
      events: done,
      loadSeconds: (loadedAt! - began) / 1_000,
      seconds,
      cpuMicros: (cpu!.user + cpu!.system) / done,
      equal: view.comparison!.equal,
      rows: view.comparison!.tables.reduce((sum, { newRows }) => sum + newRows, 0),
    };
  }
}

function rate({ events, loadSeconds }: Rebuilt): number {
  return events / loadSeconds;
}

function judge(measured: readonly Round[]): [string, string, string, string][] {
  const of = (what: (round: Round) => number) => median(measured.map(what));
  const quiet = of((round) => rate(round.quiet));
  const busy = of((round) => rate(round.busy));
  const share = of((round) => round.copySeconds / round.quiet.loadSeconds);
  const lag = of((round) => round.live.lagP99);
  const failed = measured.reduce((sum, { live }) => sum + live.failedReads, 0);
  const equal = measured.every((round) => round.quiet.equal && round.busy.equal);
  const row = (target: string, wantedText: string, value: number, holds: boolean) =>
    [target, wantedText, Math.round(value).toLocaleString('en-US'), holds ? 'holds' : 'MISSED'] as [
      string,
      string,
      string,
      string,
    ];
  return [
    row(
      'domain events/s, alone',
      `≥ ${TARGETS.eventsPerSecond}`,
      quiet,
      quiet >= TARGETS.eventsPerSecond,
    ),
    row('domain events/s, with sales', '–', busy, true),
    [
      'share of a bare COPY',
      `≥ ${TARGETS.shareOfCopy}`,
      share.toFixed(3),
      share >= TARGETS.shareOfCopy ? 'holds' : 'MISSED',
    ],
    row('live lag p99, ms', `< ${TARGETS.lagP99Ms}`, lag, lag < TARGETS.lagP99Ms),
    row('failed reads', '0', failed, failed === 0),
    ['old and new equal by hash', 'yes', equal ? 'yes' : 'no', equal ? 'holds' : 'MISSED'],
  ];
}
