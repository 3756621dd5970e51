import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { SingleBar } from 'cli-progress';
import { keepResults } from '../report.js';
import { DEFAULT_ON_SALE, simulate, type OnSale, type Outcome } from './model.js';
import { plot } from './plot.js';

const HELP = `Simulates an on-sale with the waiting room's own admission code: ten minutes of
arrivals, a rush and its decay.

  npm run simulate:onsale -- [--arrivals 10000000] [--seed 2026] [--admit-per-minute 60000]
                             [--max-shoppers 100000] [--keep]

  --arrivals N           how many take a number (1 to 20,000,000)
  --seed N               who comes when and what they do; the same seed, the same outcome
  --admit-per-minute N   how many are called in a minute (1 to 600,000)
  --max-shoppers N       how many are called or inside at once (1 to 100,000)
  --keep                 write the report to bench/results and the plot to docs/pictures/onsale.svg
`;

const LIMITS: Readonly<Record<string, readonly [least: number, most: number]>> = {
  arrivals: [1, 20_000_000],
  seed: [0, 2 ** 31],
  'admit-per-minute': [1, 600_000],
  'max-shoppers': [1, 100_000],
};

const { values } = parseArgs({
  options: {
    arrivals: { type: 'string', default: String(DEFAULT_ON_SALE.arrivals) },
    seed: { type: 'string', default: String(DEFAULT_ON_SALE.seed) },
    'admit-per-minute': { type: 'string', default: String(DEFAULT_ON_SALE.admitPerMinute) },
    'max-shoppers': { type: 'string', default: String(DEFAULT_ON_SALE.maxShoppers) },
    keep: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

function numberOf(name: 'arrivals' | 'seed' | 'admit-per-minute' | 'max-shoppers'): number {
  const [least, most] = LIMITS[name]!;
  const value = Number(values[name]);
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  process.stderr.write(`--${name} has to be a whole number from ${least} to ${most}.\n\n${HELP}`);
  process.exit(2);
}

async function run(): Promise<boolean> {
  const given: OnSale = {
    ...DEFAULT_ON_SALE,
    ...{ arrivals: numberOf('arrivals'), seed: numberOf('seed') },
    ...{ admitPerMinute: numberOf('admit-per-minute'), maxShoppers: numberOf('max-shoppers') },
  };
  const bar = new SingleBar({
    format: 'called {value} of {total} [{bar}] {eta_formatted} to go',
    fps: 4,
  });
  bar.start(given.arrivals, 0);
  const began = performance.now();
  const outcome = simulate(given, (called) => bar.update(called));
  const seconds = (performance.now() - began) / 1_000;
  bar.update(given.arrivals);
  bar.stop();
  process.stdout.write(report(outcome, seconds));
  if (values.keep) {
    await keepResults('onsale', { ...outcome, samples: undefined, seconds });
    writeFileSync(join('docs', 'pictures', 'onsale.svg'), plot(outcome));
  }
  return (
    outcome.inversions === 0 &&
    outcome.mostInside <= given.maxShoppers &&
    outcome.busiestTenSeconds <= 1.1
  );
}

const count = (value: number): string => Math.round(value).toLocaleString('en');
const time = (seconds: number): string =>
  [Math.floor(seconds / 60) % 60, seconds % 60].reduce(
    (text, part) => `${text}:${String(part).padStart(2, '0')}`,
    String(Math.floor(seconds / 3_600)),
  );

function report({ given, wait, ...of }: Outcome, seconds: number): string {
  const rows: [string, string][] = [
    ['arrivals', `${count(given.arrivals)} in ten minutes`],
    [
      'called at most',
      `${count(given.admitPerMinute)} a minute, ${count(given.maxShoppers)} inside`,
    ],
    ['waited, median', time(wait.p50)],
    ['waited, 90 of 100', time(wait.p90)],
    ['waited, 99 of 100', time(wait.p99)],
    ['waited, the longest', time(wait.longest)],
    ['called out of order', count(of.inversions)],
    ['overtaken at the door', count(of.overtaken)],
    ['most inside', count(of.mostInside)],
    ['busiest ten seconds', `${of.busiestTenSeconds.toFixed(3)} × the rate`],
    ['passes given', count(of.admitted)],
    ['called, did not come', count(of.noShows)],
    ['bought', count(of.bought)],
    ['ran out of time', count(of.timedOut)],
    ['simulated', `${time(Math.round(of.simulatedSeconds))} in ${seconds.toFixed(0)} s`],
  ];
  return rows.map(([name, value]) => `  ${name.padEnd(22)} ${value}\n`).join('');
}

if (values.help) process.stdout.write(HELP);
else process.exitCode = (await run()) ? 0 : 1;
