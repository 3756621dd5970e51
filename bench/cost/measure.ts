import type { Checkout } from './checkout.js';
import type { Measurement } from './compare.js';
import { counted, perSale } from './counts.js';
import { cpuOf, untilIdle, type Cpu } from './cpu.js';
import { CUSTOMERS, generate, type GeneratedLoad, type Generator, type Load } from './generator.js';
import { prepareRequests } from './prepared.js';
import type { Engine, EngineResult, Home, Measured } from './service.js';

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

/** A service under load over HTTP. */
export type Served = Measured & { readonly url: string };

/** One figure of an opened `Service`. */
export interface Figure<Service> {
  readonly shows: string;
  measure(service: Service, figure: string, settings: RoundSettings): Promise<Round>;
}

/** Figures that are measured on the same processes, by name, in this order. */
export interface Part {
  readonly figures: Readonly<Record<string, { readonly shows: string }>>;
  /** Starts new processes of a checkout. */
  open(checkout: Checkout, settings: RoundSettings): Promise<OpenPart>;
}

interface OpenPart {
  measure(figure: string): Promise<Round>;
  stop(): Promise<void>;
}

export const part = <Service extends Measured>(
  open: (checkout: Checkout, settings: RoundSettings) => Promise<Service>,
  figures: Readonly<Record<string, Figure<Service>>>,
): Part => ({
  figures,
  open: async (checkout, settings) => {
    const service = await open(checkout, settings);
    return {
      measure: (figure) => figures[figure]!.measure(service, figure, settings),
      stop: () => service.stop(),
    };
  },
});

/**
 * Measures each figure once for each side, one side right after the other: the machine changes
 * little between them. Every side runs the same figures in the same order.
 */
export async function measureRound(
  parts: readonly Part[],
  sides: readonly Side[],
  settings: RoundSettings,
  progress: (text: string) => void,
): Promise<void> {
  for (const { figures, open } of parts) {
    const opened: OpenPart[] = [];
    try {
      for (const { checkout } of sides) opened.push(await open(checkout, settings));
      for (const figure of Object.keys(figures)) {
        for (const [index, { checkout, rounds }] of sides.entries()) {
          const round = await opened[index]!.measure(figure);
          progress(`  ${checkout.commit} ${inWords(round)}`);
          rounds.push(round);
        }
      }
    } finally {
      await Promise.all(opened.map((one) => one.stop()));
    }
  }
}

/**
 * Makes all that a load of so many seconds needs.
 * @returns what sends the load
 */
export type Prepare<Service> = (
  service: Service,
  settings: RoundSettings,
  seconds: number,
) => Promise<() => Promise<GeneratedLoad>>;

/** A load over HTTP. Counts background work that is left after the last answer too. */
export const ofRequests = <Service extends Served>(
  shows: string,
  prepare: Prepare<Service>,
): Figure<Service> => ({
  shows,
  measure: async (service, figure, settings) => {
    const warmUp = await prepare(service, settings, settings.warmUpSeconds);
    await warmUp();
    const load = await prepare(service, settings, settings.seconds);
    await untilIdle(service);
    const { result: used, counts } = await counted(service.counts, () => usedBy(service, load));
    const { result, before, after } = used;
    const { requests, seconds, p50, cpu } = result;
    return {
      figure,
      perSecond: requests / seconds,
      ...cpuPer(requests, before, after),
      generator: (cpu * 1e6) / requests,
      p50,
      perSale: counts ? perSale(counts, requests / 2) : result.perSale,
      result,
    };
  },
});

async function usedBy(service: Served, load: () => Promise<GeneratedLoad>) {
  const before = cpuOf(service);
  const result = await load();
  await untilIdle(service);
  return { result, before, after: cpuOf(service) };
}

/** More than any machine of today reserves in a second: a hall must not sell out during a run. */
const MAX_RESERVES_PER_SECOND = 6_000;

/**
 * A load of the load generator.
 * @param pathFor gives the path, of a new event with so many seats where seats are taken
 */
export const generated =
  <Service extends Served>(
    kind: Load['kind'],
    pathFor: (service: Service, seats: number) => Promise<string>,
  ): Prepare<Service> =>
  async (service, { generator, tokenFile, connections }, seconds) => {
    const seats = 2 * MAX_RESERVES_PER_SECOND * seconds;
    const path = await pathFor(service, seats);
    const { url } = service;
    return () => generate(generator, { kind, url, path, tokenFile, seats, connections, seconds });
  };

/** More than any machine of today confirms, or takes numbers, in a second. */
const MAX_CONFIRMS_PER_SECOND = 3_000;
const MAX_NUMBERS_PER_SECOND = 6_000;

/** A load of payments for holds that are made before it. */
export const confirms =
  (newEvent: (service: Served, seats: number) => Promise<string>): Prepare<Served> =>
  async (service, { connections, secret }, seconds) => {
    const count = MAX_CONFIRMS_PER_SECOND * seconds;
    const path = await newEvent(service, 2 * count);
    const { url } = service;
    const load = { kind: 'confirm', url, path, secret, count, connections, seconds } as const;
    return prepareRequests({ ...load, accounts: CUSTOMERS });
  };

/** A load of many customers in a new waiting room. */
export const inWaitingRoom =
  (kind: 'number' | 'pass', newRoom: (service: Served) => Promise<string>): Prepare<Served> =>
  async (service, { connections, secret }, seconds) => {
    const count = MAX_NUMBERS_PER_SECOND * seconds;
    const path = await newRoom(service);
    const { url } = service;
    const load = { kind, url, path, secret, count, connections, seconds };
    return prepareRequests({ ...load, accounts: count });
  };

/** Commands through the command bus of a process, without HTTP. */
export const ofEngine = (shows: string): Figure<Engine> => ({
  shows,
  measure: async (engine, figure, { callers, seconds, warmUpSeconds }) => {
    await engine.run(callers, warmUpSeconds, async () => {});
    let before = cpuOf(engine);
    const result = await engine.run(callers, seconds, async () => {
      await untilIdle(engine);
      before = cpuOf(engine);
    });
    await untilIdle(engine);
    return {
      figure,
      perSecond: result.commandsPerSecond,
      // A sale is two commands.
      ...cpuPer(2 * result.sales, before, cpuOf(engine)),
      result,
    };
  },
});

/** Microseconds for each of so many requests. */
const cpuPer = (requests: number, before: Cpu, after: Cpu): Cpu => ({
  service: ((after.service - before.service) * 1e6) / requests,
  postgres: ((after.postgres - before.postgres) * 1e6) / requests,
  provider: ((after.provider - before.provider) * 1e6) / requests,
  eventStore: ((after.eventStore - before.eventStore) * 1e6) / requests,
});

function inWords({ figure, perSecond, service, postgres }: Measurement): string {
  const cpu = `${service.toFixed(0)} + ${postgres.toFixed(0)} µs of CPU`;
  return `${figure}: ${Math.round(perSecond)} per second, ${cpu}`;
}
