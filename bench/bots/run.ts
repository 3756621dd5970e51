import { parseArgs } from 'node:util';
import { keepResults, median, table } from '../report.js';
import { ATTACKS, simulateDenial, type Attack } from './denial.js';
import { simulate } from './simulate.js';

const HELP = `Simulates two attacks on a sale with the service's own score, prices and inventory;
seeded.

  bots    a bot with 1,000 accounts and 20 addresses against 1,000 people, for 2,000 seats; it pays
  denial  408 accounts of one IPv6 /48 that never pay, with four cores for proof of work, against
          500 honest accounts of one IPv4 address, for 2,592 seats: by the rules before and now

  npm run simulate:bots -- [--only bots|denial] [--seeds 5] [--minutes 15] [--denial-minutes 30]
`;

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '5' },
    minutes: { type: 'string', default: '15' },
    'denial-minutes': { type: 'string', default: '30' },
    only: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  process.stdout.write(HELP);
  process.exit(0);
}

const seeds = Array.from({ length: Number(values.seeds) }, (_, at) => at + 1);
if (values.only !== 'denial') await bots();
if (values.only !== 'bots') await denial();

async function bots(): Promise<void> {
  type Run = Awaited<ReturnType<typeof simulate>>;
  const runs: Run[] = [];
  for (const seed of seeds)
    for (const isProtected of [false, true])
      runs.push(await simulate(seed, isProtected, Number(values.minutes)));
  const lines: readonly (readonly [string, (run: Run) => number])[] = [
    ['share of the seats that the bot gets, %', (run) => run.botShare],
    ['share of the front rows, %', (run) => run.botShareOfFront],
    ['people with seats, of 1,000', (run) => run.peopleWithSeats],
    ['people who were asked for work', (run) => run.peopleAsked],
    ['their work in all, median, s', (run) => run.medianWorkSeconds],
    ['their work in all, longest, s', (run) => run.longestWorkSeconds],
    ['people refused by a limit', (run) => run.peopleLimited],
    ['bot accounts that were asked for work', (run) => run.botsAsked],
  ];
  const medianOf = (isProtected: boolean, of: (run: Run) => number) =>
    median(runs.filter((run) => run.isProtected === isProtected).map(of));
  const body = lines.map(([name, of]) => [name, medianOf(false, of), medianOf(true, of)]);
  process.stdout.write(`${table([['', 'off', 'on'], ...body])}\n`);
  process.stdout.write(`Raw: ${await keepResults('bots', { settings: values, runs })}\n`);
}

async function denial(): Promise<void> {
  type Run = Awaited<ReturnType<typeof simulateDenial>>;
  const minutes = Number(values['denial-minutes']);
  const cases: readonly (readonly [
    rules: 'before' | 'on',
    attack: Attack,
    arrivalMinutes: number,
  ])[] = [
    ['before', 'hold', 10],
    ...ATTACKS.map((attack) => ['on', attack, 10] as const),
    ...[5, 2].map((arrivalMinutes) => ['on', 'hold', arrivalMinutes] as const),
  ];
  const runs: Run[] = [];
  const rows: (string | number)[][] = [];
  for (const [rules, attack, arrivalMinutes] of cases) {
    const ofCase: Run[] = [];
    for (const seed of seeds)
      ofCase.push(await simulateDenial({ seed, rules, attack, minutes, arrivalMinutes }));
    runs.push(...ofCase);
    const worst = (of: (run: Run) => number) => Math.max(...ofCase.map(of));
    rows.push([
      ...[rules === 'on' ? 'now' : rules, attack, arrivalMinutes],
      ...[worst((run) => run.mostHeld), median(ofCase.map((run) => run.meanHeld))],
      ...[
        Math.min(...ofCase.map((run) => run.sold)),
        median(ofCase.map((run) => run.soldOutMinutes ?? Infinity)),
      ],
      ...[worst((run) => run.campusRefused), worst((run) => run.campusAsked)],
      ...[worst((run) => run.campusLongestWaitSeconds)],
    ]);
  }
  const head = [
    ...[
      'rules',
      'attack',
      'campus arrives in, min',
      'most kept off sale after 1 min, %',
      'mean, %',
    ],
    ...[
      'sold to the campus, least, %',
      'sold out, median, min',
      'honest refused, most',
      'honest asked, most, %',
    ],
    'longest work of one, s',
  ];
  process.stdout.write(`${table([head, ...rows])}\n`);
  process.stdout.write(`Raw: ${await keepResults('denial', { settings: values, runs })}\n`);
}
