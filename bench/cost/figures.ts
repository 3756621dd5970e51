import { serve } from '../http.js';
import { BARE_GET, BARE_POST } from './compare.js';
import { events, newRoom, once, putOn } from './events.js';
import { loneSales } from './lone.js';
import {
  confirms,
  generated,
  inWaitingRoom,
  ofEngine,
  ofRequests,
  part,
  type Figure,
  type Part,
  type Served,
} from './measure.js';
import { startCounted, startDoNothing, startEngine, startService } from './service.js';

const get = (shows: string, pathFor: (service: Served) => Promise<string>): Figure<Served> =>
  ofRequests(shows, generated('get', pathFor));

const post = (shows: string, path: string): Figure<Served> =>
  ofRequests(
    shows,
    generated('repeat', async () => path),
  );

/** @returns the path of the reservations of a new event */
const reservations = async (service: Served, seats: number): Promise<string> =>
  `${await putOn(service, seats)}/reservations`;

/** Sales over so many connections. */
const sales = (connections: number): Figure<Served> => {
  const prepare = generated('sale', reservations);
  return ofRequests(
    `the same over ${connections} connections, with counts of writes and statements`,
    (service, settings, seconds) => prepare(service, { ...settings, connections }, seconds),
  );
};

/** Seats of the plan that buyers see most, and of the largest. */
const SMALL_HALL = 952;
const STADIUM = 54_000;
const small = once((service) => putOn(service, SMALL_HALL));
const large = once((service) => putOn(service, STADIUM));

/** All figures, by the processes that they are measured on. */
export const PARTS: readonly Part[] = [
  part(() => serve('./cost/bare.js'), {
    [BARE_GET]: get('GET of a Fastify service without hooks', async () => '/'),
    [BARE_POST]: post('POST to it', '/'),
  }),
  part(startDoNothing, {
    'do-nothing': post(
      'POST to a route that does nothing, behind all that a hold passes',
      '/v1/events/any/nothing',
    ),
  }),
  part(startService, {
    health: get('GET /health/live', async () => '/health/live'),
    event: get('GET /v1/events/:eventId', small),
    'seats-952': get(
      'seat status of 952 seats',
      async (service) => `${await small(service)}/seat-status`,
    ),
    'seats-54000': get(
      'seat status of 54,000 seats',
      async (service) => `${await large(service)}/seat-status`,
    ),
    search: get('GET /v1/events?q=jazz, 25 of 200 events', events),
    number: ofRequests('take a queue number', inWaitingRoom('number', newRoom)),
    pass: ofRequests('trade a called number for a pass', inWaitingRoom('pass', newRoom)),
    reserve: ofRequests('hold two seats', generated('reserve', reservations)),
    'lone-sale': ofRequests(
      'one buyer after the other: hold, pay, seat status: three requests',
      loneSales,
    ),
    confirm: ofRequests('pay for two held seats', confirms(reservations)),
    sale: ofRequests('hold two seats, then pay: two requests', generated('sale', reservations)),
  }),
  part((checkout, home) => startService(checkout, home, { ABUSE_PROTECTION: 'off' }), {
    'reserve-unprotected': ofRequests(
      'hold two seats, with ABUSE_PROTECTION=off',
      generated('reserve', reservations),
    ),
  }),
  part(startCounted, {
    'sale-2': sales(2),
    'sale-32': sales(32),
    'sale-128': sales(128),
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
