import { serve } from '../http.js';
import { putOnSale } from '../put-on-sale.js';
import { BARE_GET, BARE_POST } from './compare.js';
import { ofEngine, overHttp, part, type Part, type Served } from './measure.js';
import { startDoNothing, startEngine, startService } from './service.js';

/** @returns the path of the reservations of a new event */
const newEvent = async ({ url }: Served, seats: number): Promise<string> =>
  `${await putOnSale(url, seats, { maxSeatsPerCustomer: 100 })}/reservations`;

/** All figures, by the processes that they are measured on. */
export const PARTS: readonly Part[] = [
  part(() => serve('./cost/bare.js'), {
    [BARE_GET]: overHttp('GET of a Fastify service without hooks', 'get', async () => '/'),
    [BARE_POST]: overHttp('POST to it', 'repeat', async () => '/'),
  }),
  part(startDoNothing, {
    'do-nothing': overHttp(
      'POST to a route that does nothing, behind all that a hold passes',
      'repeat',
      async () => '/v1/events/any/nothing',
    ),
  }),
  part(startService, {
    health: overHttp('GET /health/live', 'get', async () => '/health/live'),
    reserve: overHttp('hold two seats', 'reserve', newEvent),
    sale: overHttp('hold two seats, then pay: two requests', 'sale', newEvent),
  }),
  part(startEngine, {
    engine: ofEngine('commands through the command bus, without HTTP'),
  }),
];

export const ALL_FIGURES: readonly string[] = PARTS.flatMap(({ figures }) => Object.keys(figures));

/**
 * The parts that measure some figures, without their other figures.
 * @throws Error that names an unknown figure
 */
export function select(names: readonly string[]): Part[] {
  const unknown = names.filter((name) => !ALL_FIGURES.includes(name));
  if (unknown.length > 0) {
    const known = ALL_FIGURES.join(', ');
    throw new Error(`There is no figure "${unknown.join('", "')}". The figures are ${known}.`);
  }
  return PARTS.flatMap(({ figures, open }) => {
    const selected = Object.entries(figures).filter(([name]) => names.includes(name));
    return selected.length > 0 ? [{ figures: Object.fromEntries(selected), open }] : [];
  });
}

/** A line for each figure. */
export const list = (): string =>
  PARTS.flatMap(({ figures }) => Object.entries(figures))
    .map(([name, { shows }]) => `${name.padEnd(NAME_WIDTH)}${shows}\n`)
    .join('');

const NAME_WIDTH = 20;
