import { serve } from '../http.js';
import { putOnSale } from '../put-on-sale.js';
import type { Checkout } from './checkout.js';
import { BARE, type Measurement } from './compare.js';
import { cpuOf, untilIdle } from './cpu.js';
import type { CpuTimes } from './process-times.js';
import { generate, type GeneratedLoad, type Generator, type Load } from './generator.js';
import {
  startEngine,
  startService,
  type Engine,
  type EngineResult,
  type Home,
  type Measured,
} from './service.js';

export interface RoundSettings extends Home {
  readonly generator: Generator;
  readonly connections: number;
  readonly callers: number;
  /** Duration of each figure, after the warm-up. */
  readonly seconds: number;
  readonly warmUpSeconds: number;
  readonly tokenFile: string;
}

/** A measurement with the result that it was made from. */
export type Round = Measurement & { readonly result: GeneratedLoad | EngineResult };

/** A commit and its measurements of all rounds. */
export interface Side {
  readonly checkout: Checkout;
  readonly rounds: Round[];
}

type Figure = () => Promise<Round>;

/**
 * Fresh processes of one side, and its figures: the same ones in the same order for each commit.
 */
interface Part {
  readonly figures: readonly Figure[];
  stop(): Promise<void>;
}

/** More than any machine of today reserves in a second: a hall must not sell out during a run. */
const MAX_RESERVES_PER_SECOND = 6_000;
const PARTS = [openBare, openService, openEngine];

/**
 * Measures each figure once for each side, one side right after the other: the machine changes
 * little between them.
 */
export async function measureRound(
  sides: readonly Side[],
  settings: RoundSettings,
  progress: (text: string) => void,
): Promise<void> {
  for (const open of PARTS) {
    const parts: Part[] = [];
    try {
      for (const { checkout } of sides) parts.push(await open(checkout, settings));
      for (const at of parts[0]!.figures.keys()) {
        for (const [index, { checkout, rounds }] of sides.entries()) {
          const round = await parts[index]!.figures[at]!();
          progress(`  ${checkout.commit} ${inWords(round)}`);
          rounds.push(round);
        }
      }
    } finally {
      await Promise.all(parts.map((part) => part.stop()));
    }
  }
}

async function openBare(_checkout: Checkout, settings: RoundSettings): Promise<Part> {
  const bare = await serve('./cost/bare.js');
  const figure = (name: string, kind: Load['kind']) => () =>
    measureHttp(bare, name, kind, settings, async () => '/');
  return {
    figures: [figure(`${BARE} GET`, 'get'), figure(`${BARE} POST`, 'repeat')],
    stop: bare.stop,
  };
}

async function openService(checkout: Checkout, settings: RoundSettings): Promise<Part> {
  const service = await startService(checkout, settings);
  const newEvent = async (seats: number) =>
    `${await putOnSale(service.url, seats, { maxSeatsPerCustomer: 100 })}/reservations`;
  const figure = (name: string, kind: Load['kind'], pathFor: PathFor) => () =>
    measureHttp(service, name, kind, settings, pathFor);
  return {
    figures: [
      figure('GET /health/live', 'get', async () => '/health/live'),
      figure('reserve', 'reserve', newEvent),
      figure('reserve, then confirm', 'sale', newEvent),
    ],
    stop: service.stop,
  };
}

async function openEngine(checkout: Checkout, settings: RoundSettings): Promise<Part> {
  const engine = await startEngine(checkout, settings);
  return { figures: [() => measureEngine(engine, settings)], stop: engine.stop };
}

/** Path of a load that takes at most so many seats. */
type PathFor = (seats: number) => Promise<string>;

/** Counts background work that is left after the last answer too. */
async function measureHttp(
  service: Measured & { readonly url: string },
  figure: string,
  kind: Load['kind'],
  { generator, tokenFile, connections, seconds, warmUpSeconds }: RoundSettings,
  pathFor: PathFor,
): Promise<Round> {
  const load = async (seconds: number): Promise<Load> => {
    const seats = 2 * MAX_RESERVES_PER_SECOND * seconds;
    const path = await pathFor(seats);
    return { kind, url: service.url, path, tokenFile, seats, connections, seconds };
  };
  await generate(generator, await load(warmUpSeconds));
  const measured = await load(seconds);
  await untilIdle(service.pid);
  const before = cpuOf(service.pid);
  const result = await generate(generator, measured);
  await untilIdle(service.pid);
  const { requests } = result;
  return {
    figure,
    perSecond: requests / result.seconds,
    ...cpuPer(requests, before, cpuOf(service.pid)),
    generator: (result.cpu * 1e6) / requests,
    result,
  };
}

async function measureEngine(
  engine: Engine,
  { callers, seconds, warmUpSeconds }: RoundSettings,
): Promise<Round> {
  await engine.run(callers, warmUpSeconds, async () => {});
  let before = cpuOf(engine.pid);
  const result = await engine.run(callers, seconds, async () => {
    await untilIdle(engine.pid);
    before = cpuOf(engine.pid);
  });
  await untilIdle(engine.pid);
  return {
    figure: 'engine commands',
    perSecond: result.commandsPerSecond,
    // A sale is two commands.
    ...cpuPer(2 * result.sales, before, cpuOf(engine.pid)),
    result,
  };
}

/** Microseconds for each of so many requests. */
const cpuPer = (requests: number, before: CpuTimes, after: CpuTimes): CpuTimes => ({
  service: ((after.service - before.service) * 1e6) / requests,
  postgres: ((after.postgres - before.postgres) * 1e6) / requests,
});

function inWords({ figure, perSecond, service, postgres }: Measurement): string {
  const cpu = `${service.toFixed(0)} + ${postgres.toFixed(0)} µs of CPU`;
  return `${figure}: ${Math.round(perSecond)} per second, ${cpu}`;
}
