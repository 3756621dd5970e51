import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { chmod, mkdtemp, writeFile } from 'node:fs/promises';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { customerTokens } from '../numbers/taking.js';
import { keepResults } from '../report.js';
import { checkOut, removeCheckout, thisCheckout } from './checkout.js';
import { endChildren } from './children.js';
import { MAX_CPU_RATIO, MIN_RATE_RATIO, compare } from './compare.js';
import { hasProc } from './cpu.js';
import { EVENT_STORES, type EventStoreName } from './event-store.js';
import { ALL_FIGURES, list, select } from './figures.js';
import { CUSTOMERS, findGenerator } from './generator.js';
import { measureRound, type Part, type RoundSettings, type Side } from './measure.js';
import { comparisonInWords, sideInWords } from './show.js';

const HELP = `Measures the CPU time per request of the service and of Postgres.

  npm run bench:cost -- [--quick] [--rounds 3] [--seconds 8] [--connections 128] [--callers 256]
  npm run bench:cost -- --figures reserve,sale --against COMMIT

  --figures A,B      measure these only
  --list             print the figures
  --against COMMIT   measure that commit too, by turns with this one, and compare the medians
  --event-store NAME postgres (default), or eventstoredb: the in-test node as a process of its own,
                     or the one that TEST_EVENTSTORE_COMMAND starts
  --rounds N         measure each figure N times
  --seconds N        of each figure, after a warm-up
  --connections N    HTTP connections of the load generator
  --callers N        callers of the engine's command bus
  --quick            3 seconds of each figure and of each warm-up, of the main figures unless
                     --figures names others

The load generator is wrk where it is installed, else autocannon. The other commit is built in a
temporary git worktree. Needs Linux. Raw results go to bench/results/cost-*.json.

Ends with 1 when a figure exceeds its limit (rate at least ${MIN_RATE_RATIO} of that before,
CPU at most ${MAX_CPU_RATIO}), with 2 when it can't measure, else with 0.
`;

/** Seconds of each figure, and of the warm-up before it: by then the hot functions are compiled. */
const FULL = { seconds: 8, warmUpSeconds: 5 };
const QUICK = { seconds: 3, warmUpSeconds: 3 };

/** Measured by `--quick`: the others follow from these, or take long. */
const QUICK_FIGURES = [
  'bare-get',
  'bare-post',
  'do-nothing',
  'health',
  'reserve',
  'sale',
  'engine',
];

const { values } = parseArgs({
  options: {
    figures: { type: 'string' },
    list: { type: 'boolean', default: false },
    against: { type: 'string' },
    'event-store': { type: 'string', default: 'postgres' },
    rounds: { type: 'string', default: '3' },
    seconds: { type: 'string' },
    connections: { type: 'string', default: '128' },
    callers: { type: 'string', default: '256' },
    quick: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

const say = (text: string) => void process.stdout.write(`${text}\n`);
const progress = (text: string) => void process.stderr.write(`${text}\n`);

if (values.help) process.stdout.write(HELP);
else if (values.list) process.stdout.write(list());
else if (!hasProc()) {
  progress('bench:cost is skipped: it reads /proc, which only Linux has.');
  process.exitCode = 2;
} else {
  process.exitCode = await run().catch((error: Error) => {
    progress(`bench:cost failed: ${error.message}`);
    return 2;
  });
  await endChildren();
}

async function run(): Promise<number> {
  const parts = select(selection());
  const directory = await mkdtemp(join(tmpdir(), 'boxoffice-cost-'));
  await chmod(directory, 0o755);
  const other = join(directory, 'checkout');
  process.once('exit', () => {
    removeCheckout(other);
    rmSync(directory, { recursive: true, force: true });
  });
  for (const signal of ['SIGINT', 'SIGTERM'])
    process.once(signal, () => {
      progress(`${signal}: ending what was started`);
      void endChildren().then(() => process.exit(2));
    });
  const settings = await settingsIn(directory);
  const now: Side = { checkout: await thisCheckout(), rounds: [] };
  const before: Side | undefined = values.against
    ? { checkout: await checkOut(values.against, other, progress), rounds: [] }
    : undefined;
  return measure(parts, before, now, settings);
}

function selection(): readonly string[] {
  if (values.figures !== undefined) return values.figures.split(',').map((name) => name.trim());
  return values.quick ? QUICK_FIGURES : ALL_FIGURES;
}

async function settingsIn(directory: string): Promise<RoundSettings> {
  const { seconds, warmUpSeconds } = values.quick ? QUICK : FULL;
  const secret = randomBytes(32).toString('hex');
  const tokenFile = join(directory, 'tokens');
  await writeFile(tokenFile, customerTokens(secret, CUSTOMERS).join('\n'));
  return {
    generator: await findGenerator(),
    connections: Number(values.connections),
    callers: Number(values.callers),
    seconds: Number(values.seconds ?? seconds),
    warmUpSeconds,
    directory,
    secret,
    tokenFile,
    eventStore: eventStore(),
  };
}

function eventStore(): EventStoreName {
  const name = EVENT_STORES.find((name) => name === values['event-store']);
  if (name) return name;
  throw new Error(`--event-store takes ${EVENT_STORES.join(' or ')}.`);
}

async function measure(
  parts: readonly Part[],
  before: Side | undefined,
  now: Side,
  settings: RoundSettings,
): Promise<number> {
  const load = [loadavg()];
  const sides = before ? [before, now] : [now];
  if (load[0]![0]! > cpus().length / 2)
    progress(`The machine is busy (load average ${load[0]![0]!.toFixed(1)}): compare with care.`);
  for (let round = 1; round <= Number(values.rounds); round++) {
    progress(`round ${round} of ${values.rounds}`);
    await measureRound(parts, sides, settings, progress);
    load.push(loadavg());
  }
  const { generator, connections, callers, seconds, warmUpSeconds, eventStore } = settings;
  const comparison = before && compare(before.rounds, now.rounds);
  for (const side of sides) say(`\n${sideInWords(side)}`);
  if (comparison) say(`\n${comparisonInWords(comparison)}`);
  const path = await keepResults('cost', {
    settings: { generator, connections, callers, seconds, warmUpSeconds, eventStore },
    loadAverages: load,
    before: before && withoutPath(before),
    now: withoutPath(now),
    comparison,
  });
  say(`\nRaw results: ${path}`);
  return comparison?.some(({ exceeded }) => exceeded) ? 1 : 0;
}

/** Where a checkout lies on this machine is no result. */
function withoutPath({ checkout: { commit, modified }, rounds }: Side) {
  return { checkout: { commit, modified }, rounds };
}
