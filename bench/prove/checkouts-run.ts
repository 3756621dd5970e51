import { parseArgs } from 'node:util';
import { openProgress } from '../../src/cli/progress.js';
import { keepResults, table } from '../report.js';
import { faultsOf, type Ending } from './checkout-faults.js';
import { proveCheckouts, type CheckoutsSettings } from './checkouts.js';

const HELP = `Sells seats while the payment provider misbehaves and the shop is killed, and counts
every cent, ticket and mail.

  npm run prove:checkouts -- [--checkouts 10000] [--kills 5] [--buyers 96]

  --checkouts N   5 in 100 of each: slow, silent, webhook twice, webhook lost, captured after the
                  hold (20 to 100,000)
  --kills N       kill -9 of the shop's process, evenly spread (0 to 100)
  --buyers N      how many check out at once (1 to 1,000)

Ends with 0 when every count is right, 1 when one is wrong, 2 for wrong options. Raw results:
bench/results/.
`;

/**
 * Longest wait per checkout for outcomes, mostly for printing tickets on a busy machine.
 * Milliseconds.
 */
const REST_MS = 500;

/** Undefined when it is no whole number from `min` to `max`. */
const whole = (text: string, min: number, max: number): number | undefined =>
  /^\d+$/.test(text) && Number(text) >= min && Number(text) <= max ? Number(text) : undefined;

function readUsage(): CheckoutsSettings | undefined {
  const options = {
    checkouts: { type: 'string', default: '10000' },
    kills: { type: 'string', default: '5' },
    buyers: { type: 'string', default: '96' },
  } as const;
  try {
    const { values } = parseArgs({ options });
    const checkouts = whole(values.checkouts, 20, 100_000);
    const kills = whole(values.kills, 0, 100);
    const buyersAtOnce = whole(values.buyers, 1, 1_000);
    if (checkouts === undefined || kills === undefined || buyersAtOnce === undefined)
      return undefined;
    const waits = {
      lateHoldSeconds: 4,
      slowMs: 5_000,
      lostMs: 1_000,
      lateCaptures: 'at-random',
    } as const;
    return { checkouts, kills, buyersAtOnce, ...waits, restMs: 120_000 + checkouts * REST_MS };
  } catch {
    return undefined;
  }
}

const ROWS: [name: string, matches: (ending: Ending) => boolean][] = [
  ['captured', ({ captured }) => captured],
  ['tickets', ({ tickets }) => tickets > 0],
  ['refunded', ({ refunded }) => refunded],
  ['never charged', ({ captured }) => !captured],
];

async function run(settings: CheckoutsSettings): Promise<number> {
  const { checkouts, kills } = settings;
  const say = (text: string) => void process.stdout.write(`${text}\n`);
  say(`${checkouts.toLocaleString('en-US')} checkouts, and ${kills} × kill -9 of the shop`);
  const progress = openProgress({ activity: 'Selling', unit: 'checkouts', total: checkouts });
  const seen = { checkouts: 0, kills: 0, mails: 0 };
  const proof = await proveCheckouts({
    ...settings,
    onProgress: (what, done) => {
      seen[what] = done;
      progress.update(seen.checkouts, `${seen.kills} kills, ${seen.mails} mails`);
    },
  }).finally(() => progress.end());
  const { endings, seconds, restSeconds, rivals, captures, refunds, mails, ledger } = proof;
  const cards = [...new Set(endings.map(({ card }) => card))].sort();
  const count = (of: readonly Ending[], matches: (ending: Ending) => boolean) =>
    of.filter(matches).length;
  const rowOf = (name: string, of: readonly Ending[]) => [
    name,
    of.length,
    ...ROWS.map(([, matches]) => count(of, matches)),
  ];
  const asked = endings.slice(0, checkouts);
  const rows = [
    ...cards.map((card) =>
      rowOf(
        card,
        asked.filter((ending) => ending.card === card),
      ),
    ),
    rowOf('waited for a seat', endings.slice(checkouts)),
    rowOf('all', endings),
  ];
  const head = ['card', 'buyers', ...ROWS.map(([name]) => name)];
  say(`\n${table([head, ...rows].map((row) => row.map(String)))}\n`);
  const [total] = ledger.totals;
  say(
    `${seconds.toFixed(0)} s of checkouts, ${restSeconds.toFixed(0)} s more until everything ` +
      'was at rest; ' +
      `${rivals} bought a seat that somebody had lost`,
  );
  say(`provider: ${captures} captures, ${refunds} refunds; ${mails} mails`);
  say(
    `books, in cents: ${total?.capturedMinor} captured = ${total?.keptMinor} kept + ` +
      `${total?.refundedMinor} refunded + ` +
      `${total?.obligationsMinor} owed + ${total?.unsettledMinor} unsettled; ` +
      `${ledger.differences.count} differences from the provider's list`,
  );
  const faults = faultsOf(proof);
  for (const fault of faults) say(`WRONG: ${fault}`);
  if (faults.length === 0) say('All is as it has to be.');
  const kept = { settings, seconds, restSeconds, rivals, captures, refunds, mails, faults, ledger };
  say(`Raw results: ${await keepResults('prove-checkouts', { ...kept, table: [head, ...rows] })}`);
  return faults.length === 0 ? 0 : 1;
}

if (process.argv.includes('--help')) process.stdout.write(HELP);
else {
  const settings = readUsage();
  if (!settings) process.stderr.write(HELP);
  process.exitCode = settings ? await run(settings) : 2;
}
