import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { houseEvents } from './houses.js';
import type { PretixPlan } from './pretix-plan.js';
import type { SampleEvent, SampleVenue } from './sample-bodies.js';
import { worldCupEvents, type WorldCupMatch, type WorldCupStadium } from './world-cup.js';

const unzip = promisify(gunzip);

/** The content of the `samples` folder. */
export interface Samples {
  /** 952 seats. */
  readonly theatre: PretixPlan;
  /** 2,592 seats. */
  readonly arena: PretixPlan;
  /** 54,000 seats: BC Place. */
  readonly stadium: PretixPlan;
  readonly matches: readonly WorldCupMatch[];
  readonly stadiums: readonly WorldCupStadium[];
}

/** @throws Error naming the file that is missing or damaged */
export async function readSamples(directory: string): Promise<Samples> {
  const read = <Content>(name: string) => readJson<Content>(join(directory, name));
  const [theatre, arena, stadium, { matches }, { stadiums }] = await Promise.all([
    read<PretixPlan>('seating-plans/theatre.json'),
    read<PretixPlan>('seating-plans/arena.json.gz'),
    read<PretixPlan>('seating-plans/stadium-54000.json.gz'),
    read<{ matches: WorldCupMatch[] }>('worldcup-2026.matches.json'),
    read<{ stadiums: WorldCupStadium[] }>('worldcup-2026.stadiums.json'),
  ]);
  return { theatre, arena, stadium, matches, stadiums };
}

/**
 * Everything that the demo loads: the theatre, the arena and the World Cup; `now` in milliseconds
 * since the epoch.
 */
export function sampleEvents(
  samples: Samples,
  at: { now: number },
): { venues: SampleVenue[]; events: SampleEvent[] } {
  const houses = houseEvents(samples, at);
  const plans = { [samples.stadium.name]: samples.stadium };
  const worldCup = worldCupEvents(samples.matches, samples.stadiums, { ...at, plans });
  return {
    venues: [...houses.venues, ...worldCup.venues],
    events: [...houses.events, ...worldCup.events],
  };
}

async function readJson<Content>(path: string): Promise<Content> {
  try {
    const bytes = await readFile(path);
    const text = path.endsWith('.gz') ? await unzip(bytes) : bytes;
    return JSON.parse(text.toString('utf8')) as Content;
  } catch (error) {
    throw new Error(`Cannot read the sample ${path}.`, { cause: error });
  }
}
