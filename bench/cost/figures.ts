import { serve } from '../http.js';
import { putOnSale } from '../put-on-sale.js';
import type { Checkout } from './checkout.js';
import { BARE, type Measurement } from './compare.js';
import { cpuOf, untilIdle } from './cpu.js';
import { generate, type GeneratedLoad, type Generator, type Load } from './generator.js';
import {
  startEngine,
  startService,
  type EngineResult,
  type Home,
  type Measured,
} from './service.js';

export interface RoundSettings extends Home {
  readonly generator: Generator;
  readonly connections: number;
  readonly callers: number;
  /** Of each figure, after the warm-up. */
  readonly seconds: number;
  readonly warmUpSeconds: number;
  readonly tokenFile: string;
}

/** A measurement with the result that it was made from. */
export type Round = Measurement & { readonly result: GeneratedLoad | EngineResult };

type Progress = (text: string) => void;

/** More than any machine of today reserves in a second: a hall must not sell out during a run. */
const MAX_RESERVES_PER_SECOND = 6_000;

/** Measures all figures of a checkout once, each after a warm-up of its own, in fresh processes. */
export async function measureRound(
  checkout: Checkout,
  settings: RoundSettings,
  progress: Progress,
): Promise<Round[]> {
  const rounds: Round[] = [];
  for (const part of [measureBare, measureService, measureEngine])
    rounds.push(...(await part(checkout, settings, progress)));
  return rounds;
}

async function measureBare(_checkout: Checkout, settings: RoundSettings, progress: Progress) {
  const bare = await serve('./cost/bare.js');
  try {
    return [
      await measureHttp(bare, `${BARE} GET`, 'get', settings, progress, async () => '/'),
      await measureHttp(bare, `${BARE} POST`, 'repeat', settings, progress, async () => '/'),
    ];
  } finally {
    await bare.stop();
  }
}

async function measureService(checkout: Checkout, settings: RoundSettings, progress: Progress) {
  const service = await startService(checkout, settings);
  const measure = (
    figure: string,
    kind: Load['kind'],
    pathFor: (seats: number) => Promise<string>,
  ) => measureHttp(service, figure, kind, settings, progress, pathFor);
  const newEvent = async (seats: number) =>
    `${await putOnSale(service.url, seats, { maxSeatsPerCustomer: 100 })}/reservations`;
  try {
    return [
      await measure('GET /health/live', 'get', async () => '/health/live'),
      await measure('reserve', 'reserve', newEvent),
      await measure('reserve, then confirm', 'sale', newEvent),
    ];
  } finally {
    await service.stop();
  }
}

/** Counts background work that is left after the last answer too. */
async function measureHttp(
  service: Measured & { readonly url: string },
  figure: string,
  kind: Load['kind'],
  settings: RoundSettings,
  progress: Progress,
  pathFor: (seats: number) => Promise<string>,
): Promise<Round> {
  const { generator, tokenFile, connections, seconds, warmUpSeconds } = settings;
  const load = async (seconds: number): Promise<Load> => {
    const seats = 2 * MAX_RESERVES_PER_SECOND * seconds;
    return {
      kind,
      url: service.url,
      path: await pathFor(seats),
      tokenFile,
      seats,
      connections,
      seconds,
    };
  };
  await generate(generator, await load(warmUpSeconds));
  const measured = await load(seconds);
  await untilIdle(service.pid);
  const before = cpuOf(service.pid);
  const result = await generate(generator, measured);
  await untilIdle(service.pid);
  const after = cpuOf(service.pid);
  const perRequest = (seconds: number) => (seconds * 1e6) / result.requests;
  const round = {
    figure,
    perSecond: result.requests / result.seconds,
    service: perRequest(after.service - before.service),
    postgres: perRequest(after.postgres - before.postgres),
    generator: perRequest(result.cpu),
    result,
  };
  progress(inWords(round));
  return round;
}

async function measureEngine(checkout: Checkout, settings: RoundSettings, progress: Progress) {
  const { callers, seconds, warmUpSeconds } = settings;
  const engine = await startEngine(checkout, settings);
  try {
    await engine.run(callers, warmUpSeconds, async () => {});
    let before = cpuOf(engine.pid);
    const result = await engine.run(callers, seconds, async () => {
      await untilIdle(engine.pid);
      before = cpuOf(engine.pid);
    });
    await untilIdle(engine.pid);
    const after = cpuOf(engine.pid);
    const perCommand = (seconds: number) => (seconds * 1e6) / (2 * result.sales);
    const round = {
      figure: 'engine commands',
      perSecond: result.commandsPerSecond,
      service: perCommand(after.service - before.service),
      postgres: perCommand(after.postgres - before.postgres),
      result,
    };
    progress(inWords(round));
    return [round];
  } finally {
    await engine.stop();
  }
}

function inWords({ figure, perSecond, service, postgres }: Measurement): string {
  const cpu = `${service.toFixed(0)} + ${postgres.toFixed(0)} µs of CPU`;
  return `${figure}: ${Math.round(perSecond)} per second, ${cpu}`;
}
