import 'reflect-metadata';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { CommandBus } from '@nestjs/cqrs';
import { SingleBar } from 'cli-progress';
import { startBoxoffice, type Boxoffice } from '../app/boxoffice.js';
import { derivedId, type CommandContext } from '../commands/shared/context.js';
import { ScheduleEventCommand } from '../commands/event/schedule-event.js';
import { readConfig } from '../config/config.js';
import { EVENT_STORE } from '../ports/shared/tokens.js';
import { loadSamples, sampleVenueId } from './load-samples.js';
import type { Tally } from './crowd/buyer.js';
import { proveSale, type Proof } from './crowd/proof.js';
import { sellToCrowd } from './crowd/sale.js';
import { openShop, type Shop } from './crowd/shop.js';
import { ARENA } from './samples/houses.js';
import { readSamples } from './samples/read-samples.js';
import { seededChance } from './crowd/seeded-chance.js';

const HELP = `Loads the samples into a new Boxoffice of its own and sells its arena out to a crowd,
over HTTP.

  npm run demo -- [--buyers 2000] [--seed 2026] [--keep]

  --buyers N   how many want seats at once (1 to 20,000)
  --seed N     chooses the buyers and what they want; the same seed, the same crowd
  --keep       keep the data directory and print its path
`;

/** Abandoned holds are sold again in the same run. */
const HOLD_SECONDS = 5;

interface Options {
  buyers: number;
  seed: number;
  keep: boolean;
}

async function demo(options: Options): Promise<boolean> {
  const directory = await mkdtemp(join(tmpdir(), 'boxoffice-demo-'));
  const config = readConfig({
    DATA_DIR: directory,
    PORT: '0',
    LOG_LEVEL: 'warn',
    SAMPLES: 'off',
    DEV_TOKENS: 'on',
  });
  print(`Starting a Boxoffice of its own in ${directory}`);
  const boxoffice = await startBoxoffice(config);
  try {
    await loadAll(boxoffice);
    const eventId = await scheduleSale(boxoffice);
    const { tally, shop, seconds } = await sellOut(boxoffice, eventId, options);
    const proof = await proveSale(boxoffice.get(EVENT_STORE), eventId);
    await shop.close();
    return report(proof, tally, shop, seconds);
  } finally {
    await boxoffice.close();
    if (options.keep) print(`\nThe data stays in ${directory}`);
    else await rm(directory, { recursive: true, force: true });
  }
}

async function loadAll({ get }: Boxoffice): Promise<void> {
  const bar = new SingleBar({ format: 'Samples  {bar} {value}/{total} {what}', hideCursor: true });
  let started = false;
  await loadSamples({
    directory: samplesDirectory(),
    bus: get(CommandBus),
    eventStore: get(EVENT_STORE),
    now: Date.now(),
    onProgress: ({ done, total, what }) => {
      if (!started) bar.start(total, 0, { what });
      started = true;
      bar.update(done, { what: what.slice(0, 40) });
    },
  });
  bar.stop();
}

async function scheduleSale({ get }: Boxoffice): Promise<string> {
  const commandId = derivedId('demo', 'sale');
  const context: CommandContext = {
    commandId,
    correlationId: commandId,
    causationId: commandId,
    actor: { id: 'demo', role: 'organizer' },
  };
  const prices = ['Category I', 'Category II', 'Accessible'].map((category, at) => ({
    category,
    amountMinor: 9_500 - at * 1_500,
    currency: 'EUR',
    // The demo must sell every seat, so none is sold by request only.
    byRequest: false,
  }));
  const outcome = await get(CommandBus).execute(
    new ScheduleEventCommand(
      {
        name: 'The night everybody wants',
        venueId: sampleVenueId(ARENA),
        startsAt: new Date(Date.now() + 30 * 86_400_000).toISOString(),
        category: 'Concert',
        prices,
        holdSeconds: HOLD_SECONDS,
      },
      context,
    ),
  );
  if (!outcome.accepted)
    throw new Error(`The sale could not be scheduled: ${outcome.rejection.code}`);
  return outcome.eventId;
}

async function sellOut(
  boxoffice: Boxoffice,
  eventId: string,
  { buyers, seed }: Options,
): Promise<{ tally: Tally; shop: Shop; seconds: number }> {
  const { arena } = await readSamples(samplesDirectory());
  const seatIds = arena.zones.flatMap(({ rows }) =>
    rows.flatMap(({ seats }) => seats.map((seat) => seat.seat_guid)),
  );
  const shop = openShop(boxoffice.url);
  const bar = new SingleBar({
    format:
      'Selling  {bar} {value}/{total} seats sold · {held} held · {bought} buyers served · ' +
      '{refused} refusals',
    hideCursor: true,
  });
  print(
    `\n${withCommas(buyers)} buyers want the ${withCommas(seatIds.length)} seats of the ${ARENA}`,
  );
  bar.start(seatIds.length, 0, { held: 0, bought: 0, refused: 0 });
  const { tally, seconds } = await sellToCrowd(shop, {
    eventId,
    buyers,
    seatIds,
    holdSeconds: HOLD_SECONDS,
    chance: seededChance(seed),
    onProgress: ({ sold, reserved }, { bought, refused }) =>
      bar.update(sold, { held: reserved, bought, refused }),
  });
  bar.stop();
  return { tally, shop, seconds };
}

/**
 * Prints the result. Returns whether the log proves that every seat was sold once, and every answer
 * was an expected one.
 */
function report(proof: Proof, tally: Tally, shop: Shop, seconds: number): boolean {
  const all = [...shop.latencies.values()].flat();
  const rows = [...shop.latencies].map(([kind, times]) => latencyRow(kind, times));
  const crowd = [
    `${tally.bought} bought`,
    `${tally.abandoned} walked away from a hold`,
    `${tally.released} gave one back`,
    `${tally.declined} cards declined at first`,
    `${tally.late} paid too late`,
    `${tally.refused} refusals`,
  ];
  const rate = withCommas(Math.round(all.length / seconds));
  const takings = (proof.takings / 100).toLocaleString('en-US', {
    style: 'currency',
    currency: 'EUR',
  });
  print(`
Read back from the event store (${withCommas(proof.domainEvents)} domain events):
  seats sold         ${withCommas(proof.seatsSold)}
  seats sold twice   ${proof.soldTwice.length}
  seats held twice   ${proof.heldTwice.length}
  holds left         ${proof.holdsLeft}
  takings            ${takings}

The crowd: ${crowd.join(', ')}
Over HTTP: ${withCommas(all.length)} requests in ${seconds.toFixed(1)} s, \
${rate} requests/s (crowd and shop on one machine)

  ${'request'.padEnd(12)} ${'count'.padStart(8)} ${'p50 ms'.padStart(9)} ${'p99 ms'.padStart(9)}
${[...rows, latencyRow('all', all)].join('\n')}`);
  for (const [what, count] of tally.errors) print(`  unexpected: ${what} × ${count}`);
  for (const fault of proof.faults) print(`  fault in the log: ${fault}`);
  const proven = proof.faults.length + proof.holdsLeft + tally.errors.size === 0;
  print(proven ? '\nProven: every seat was sold once.' : '\nNOT proven: see above.');
  return proven;
}

function latencyRow(kind: string, times: readonly number[]): string {
  const sorted = Float64Array.from(times).sort();
  const at = (share: number) =>
    (sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0).toFixed(1);
  const columns = [String(times.length).padStart(8), at(0.5).padStart(9), at(0.99).padStart(9)];
  return `  ${kind.padEnd(12)} ${columns.join(' ')}`;
}

const samplesDirectory = () => join(import.meta.dirname, '..', '..', 'samples');
const withCommas = (count: number) => count.toLocaleString('en-US');
const print = (text: string) => void process.stdout.write(`${text}\n`);

function readOptions(args: string[]): Options {
  const { values } = parseArgs({
    args,
    options: {
      buyers: { type: 'string', default: '2000' },
      seed: { type: 'string', default: '2026' },
      keep: { type: 'boolean', default: false },
    },
  });
  const [buyers, seed] = [Number(values.buyers), Number(values.seed)];
  if (!Number.isInteger(buyers) || buyers < 1 || buyers > 20_000)
    throw new Error('--buyers takes 1 to 20,000.');
  if (!Number.isInteger(seed)) throw new Error('--seed takes a whole number.');
  return { buyers, seed, keep: values.keep };
}

if (process.argv.includes('--help')) print(HELP);
else {
  let options: Options | undefined;
  try {
    options = readOptions(process.argv.slice(2));
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n\n${HELP}`);
    process.exitCode = 2;
  }
  if (options) process.exitCode = (await demo(options)) ? 0 : 1;
}
