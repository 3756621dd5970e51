import 'reflect-metadata';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startEmbeddedPostgres } from '../src/adapters/postgres/embedded-postgres.js';
import { startBoxoffice } from '../src/app/boxoffice.js';
import { readConfig } from '../src/config/config.js';
import { benchEngine, hotEvent, type EngineRun } from './engine.js';
import { prepareForUpdate, resetForUpdate, runForUpdate, type Lock } from './for-update.js';
import {
  customerTokens,
  load,
  reserveRequest,
  saleRequests,
  serve,
  yardstickRequest,
  type HttpRun,
  type Pairs,
} from './http.js';
import { keepResults, median, table } from './report.js';

const HELP = `Measures sales of two seats of one event, and compares with SELECT … FOR UPDATE.

  npm run bench -- [--seconds 5] [--rounds 3] [--only engine,for-update,http]
`;

const CALLERS = [16, 64, 256, 1_000];
const FOR_UPDATE_CONNECTIONS = [8, 16];
const HTTP_CONNECTIONS = [16, 64, 256, 1_000];
/** Targets. */
const TARGETS = {
  salesPerSecond: 10_000,
  overPerSeat: 3,
  overPerEvent: 10,
  httpShare: 0.6,
  caughtUpMs: 5_000,
};

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '5' },
    rounds: { type: 'string', default: '3' },
    only: { type: 'string', default: 'engine,for-update,http' },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  process.stdout.write(HELP);
  process.exit(0);
}
const seconds = Number(values.seconds);
const rounds = Number(values.rounds);
const parts = new Set(values.only.split(','));
const say = (text: string) => void process.stdout.write(`${text}\n`);

const directory = await mkdtemp(join(tmpdir(), 'boxoffice-bench-'));
const postgres = await startEmbeddedPostgres({ dataDirectory: directory, log: () => {} });
const secret = randomBytes(32).toString('hex');
const settings = {
  DATABASE_URL: postgres.url,
  DATA_DIR: directory,
  JWT_SECRET: secret,
  PORT: '0',
  LOG_LEVEL: 'warn',
  SAMPLES: 'off',
};
try {
  const engine = parts.has('engine') ? await runEngine() : [];
  const forUpdate = parts.has('for-update') ? await runBaselines() : undefined;
  const http = parts.has('http') ? await runHttp() : undefined;
  const verdict = judge(engine, forUpdate, http);
  say(`\n${table([['target', 'wanted', 'measured', ''], ...verdict])}`);
  say(
    `\nRaw results: ` +
      `${await keepResults('sale', { seconds, rounds, engine, forUpdate, http, verdict })}`,
  );
} finally {
  await postgres.stop();
  await rm(directory, { recursive: true, force: true });
}

async function runEngine(): Promise<EngineRun[]> {
  const boxoffice = await startBoxoffice(readConfig(settings));
  const runs: EngineRun[] = [];
  for (let round = 0; round < rounds; round++) {
    for (const callers of CALLERS) {
      runs.push(await benchEngine(boxoffice, callers, seconds));
      process.stderr.write(
        `engine, round ${round + 1}, ${callers} callers: ` +
          `${Math.round(runs.at(-1)!.salesPerSecond)} sales/s\n`,
      );
    }
  }
  await boxoffice.close();
  say(
    '\nEngine: reserve and confirm of two seats of one hot event, through the command bus, ' +
      'durable, projections running (medians)\n',
  );
  say(
    table([
      [
        'callers',
        'sales/s',
        'commands/s',
        'domain events/append',
        'p50 ms',
        'p99 ms',
        'caught up after ms',
      ],
      ...CALLERS.map((callers) => {
        const same = runs.filter((run) => run.callers === callers);
        const of = (figure: keyof EngineRun) => median(same.map((run) => run[figure]));
        return [
          callers,
          of('salesPerSecond'),
          of('commandsPerSecond'),
          of('domainEventsPerAppend'),
          of('p50'),
          of('p99'),
          of('caughtUpAfter'),
        ];
      }),
    ]),
  );
  return runs;
}

interface Baseline {
  lock: Lock;
  connections: number;
  salesPerSecond: number[];
}

async function runBaselines(): Promise<Baseline[]> {
  await prepareForUpdate(postgres.url);
  const baselines: Baseline[] = [];
  for (const lock of ['per-seat', 'per-event'] as const) {
    for (const connections of FOR_UPDATE_CONNECTIONS) {
      const salesPerSecond: number[] = [];
      for (let round = 0; round < rounds; round++) {
        await resetForUpdate(postgres.url);
        salesPerSecond.push(await runForUpdate(postgres.url, lock, connections, seconds));
      }
      baselines.push({ lock, connections, salesPerSecond });
      process.stderr.write(
        `for update, ${lock}, ${connections} connections: ` +
          `${Math.round(median(salesPerSecond))} sales/s\n`,
      );
    }
  }
  say('\nSELECT … FOR UPDATE: the same sale in two transactions, on the same Postgres (medians)\n');
  say(
    table([
      ['lock', 'connections', 'sales/s'],
      ...baselines.map(({ lock, connections, salesPerSecond }) => [
        lock,
        connections,
        median(salesPerSecond),
      ]),
    ]),
  );
  return baselines;
}

interface HttpRuns {
  /** Validates by the same compiled schema as our route. */
  compiled: HttpRun[];
  /** Validates by class-validator, as Nest's documentation has it. */
  decorated: HttpRun[];
  reserve: HttpRun[];
  sale: HttpRun[];
}

/** The yardsticks and the product take turns, so that all see the same machine. */
async function runHttp(): Promise<HttpRuns> {
  const runs: HttpRuns = { compiled: [], decorated: [], reserve: [], sale: [] };
  const tokens = await customerTokens(secret);
  const doNothing = await serve('./do-nothing.js');
  const boxoffice = await serve('../src/main.js', settings);
  try {
    for (let round = 0; round < rounds; round++) {
      for (const connections of HTTP_CONNECTIONS) {
        const pairs = await newPairs(tokens);
        const run = (url: string, ...requests: Parameters<typeof load>[1]) =>
          load(url, requests, connections, seconds);
        runs.compiled.push(await run(doNothing.url, yardstickRequest(pairs, '/compiled')));
        runs.decorated.push(await run(doNothing.url, yardstickRequest(pairs, '/decorated')));
        runs.reserve.push(await run(boxoffice.url, reserveRequest(pairs)));
        runs.sale.push(await run(boxoffice.url, ...saleRequests(await newPairs(tokens))));
        process.stderr.write(
          `http, round ${round + 1}, ${connections} connections: ` +
            `${Math.round(runs.reserve.at(-1)!.requestsPerSecond)} reserves/s\n`,
        );
      }
    }
  } finally {
    await Promise.all([doNothing.stop(), boxoffice.stop()]);
  }
  const row = (name: string, same: HttpRun[]) => [
    name,
    same[0]!.connections,
    median(same.map((run) => run.requestsPerSecond)),
    median(same.map((run) => run.p50)),
    median(same.map((run) => run.p99)),
    same.reduce((sum, run) => sum + run.errors + run.not2xx, 0),
  ];
  say('\nHTTP, load generator on the same machine (medians)\n');
  say(
    table([
      ['route', 'connections', 'requests/s', 'p50 ms', 'p99 ms', 'not 2xx'],
      ...HTTP_CONNECTIONS.flatMap((connections) => [
        row('do nothing, compiled schema', at(runs.compiled, connections)),
        row('do nothing, class-validator', at(runs.decorated, connections)),
        row('reserve', at(runs.reserve, connections)),
        row('reserve, then confirm', at(runs.sale, connections)),
      ]),
    ]),
  );
  return runs;
}

function at(runs: HttpRun[], connections: number): HttpRun[] {
  return runs.filter((run) => run.connections === connections);
}

/** A fresh event for every run, made by a Boxoffice that ends again. */
async function newPairs(tokens: string[]): Promise<Pairs> {
  // A sandbox of its own: that of the benched process has its journal in the other directory.
  const maker = await startBoxoffice(
    readConfig({ ...settings, DATA_DIR: join(directory, 'maker') }),
  );
  const event = await hotEvent(maker);
  await maker.close();
  return { ...event, tokens, next: 0 };
}

function judge(
  engine: EngineRun[],
  forUpdate: Baseline[] | undefined,
  http: HttpRuns | undefined,
): (string | number)[][] {
  const rows: (string | number)[][] = [];
  const check = (what: string, wanted: number, measured: number, met = measured >= wanted) =>
    rows.push([what, wanted, measured, met ? 'met' : 'MISSED']);
  const perCallers = CALLERS.map((callers) =>
    median(engine.filter((run) => run.callers === callers).map((run) => run.salesPerSecond)),
  );
  const best = Math.max(0, ...perCallers);
  if (engine.length > 0) {
    const slowest = Math.max(...engine.map((run) => run.caughtUpAfter));
    check('engine, sales/s', TARGETS.salesPerSecond, best);
    check('engine, commands/s', TARGETS.salesPerSecond, best * 2);
    check(
      'caught up after, ms at most',
      TARGETS.caughtUpMs,
      slowest,
      slowest <= TARGETS.caughtUpMs,
    );
  }
  const baseline = (lock: Lock) =>
    Math.max(
      ...(forUpdate ?? [])
        .filter((run) => run.lock === lock)
        .map((run) => median(run.salesPerSecond)),
    );
  if (engine.length > 0 && forUpdate) {
    check('engine ÷ FOR UPDATE per seat', TARGETS.overPerSeat, best / baseline('per-seat'));
    check('engine ÷ FOR UPDATE per event', TARGETS.overPerEvent, best / baseline('per-event'));
  }
  if (http) {
    check(
      'HTTP reserve ÷ do-nothing POST',
      TARGETS.httpShare,
      shareOf(http.reserve, http.decorated),
    );
    check('… with a compiled schema', TARGETS.httpShare, shareOf(http.reserve, http.compiled));
  }
  return rows;
}

function shareOf(product: HttpRun[], yardstick: HttpRun[]): number {
  return median(
    product.map((run, index) => run.requestsPerSecond / yardstick[index]!.requestsPerSecond),
  );
}
