import { parseArgs } from 'node:util';
import { keepResults, median, table } from '../report.js';
import { simulate } from './simulate.js';

const HELP = `A bot with 1,000 accounts and 20 addresses against 1,000 people, for 2,000 seats: protection off and on.
A discrete-event simulation, seeded, of the real score, caps and inventory.

  npm run simulate:bots -- [--seeds 5] [--minutes 15]
`;

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '5' },
    minutes: { type: 'string', default: '15' },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  process.stdout.write(HELP);
  process.exit(0);
}

type Run = Awaited<ReturnType<typeof simulate>>;
const runs: Run[] = [];
for (let seed = 1; seed <= Number(values.seeds); seed++)
  for (const isProtected of [false, true])
    runs.push(await simulate(seed, isProtected, Number(values.minutes)));

const LINES: readonly (readonly [string, (run: Run) => number])[] = [
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
process.stdout.write(
  `${table([
    ['', 'off', 'on'],
    ...LINES.map(([name, of]) => [name, medianOf(false, of), medianOf(true, of)]),
  ])}\n`,
);
process.stdout.write(`Raw: ${await keepResults('bots', { settings: values, runs })}\n`);
