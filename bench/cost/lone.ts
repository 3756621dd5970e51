import { seatIdsOf } from '../hall.js';
import { openConnection, type Connection } from '../numbers/connection.js';
import { customerTokens } from '../numbers/taking.js';
import { median, percentile } from '../report.js';
import { putOn } from './events.js';
import { CUSTOMERS } from './generator.js';
import type { Prepare, Served } from './measure.js';
import { bodyOf, confirm, get, post } from './requests.js';

/** More than one buyer after the other buys in a second, so that the hall does not sell out. */
const MAX_PER_SECOND = 500;
const REQUESTS = 3;

/** Milliseconds from the first request. */
interface Sale {
  readonly sold: number;
  readonly visible: number;
}

/**
 * Sells to one buyer after the other, from this process: hold, pay, then read the seat status that
 * shows the sale.
 */
export const loneSales: Prepare<Served> = async (service, { secret }, seconds) => {
  const seatIds = seatIdsOf(2 * MAX_PER_SECOND * seconds);
  const event = await putOn(service, seatIds.length);
  const tokens = customerTokens(secret, CUSTOMERS);
  return async () => {
    const connection = await openConnection(service.url);
    const sales: Sale[] = [];
    const cpuBefore = process.cpuUsage();
    const began = performance.now();
    const until = began + seconds * 1_000;
    for (let at = 0; at + 2 <= seatIds.length && performance.now() < until; at += 2) {
      const token = tokens[(at / 2) % tokens.length]!;
      sales.push(await sell(connection, event, seatIds.slice(at, at + 2), token));
    }
    const elapsed = (performance.now() - began) / 1_000;
    connection.close();
    const { user, system } = process.cpuUsage(cpuBefore);
    const sold = sales.map((sale) => sale.sold);
    return {
      requests: REQUESTS * sales.length,
      seconds: elapsed,
      p50: median(sold),
      p99: percentile(sold, 0.99),
      errors: 0,
      not2xx: 0,
      cpu: (user + system) / 1e6,
      perSale: {
        'ms until sold': median(sold),
        'ms until visible': median(sales.map((sale) => sale.visible)),
      },
    };
  };
};

/** @throws Error with the answer to a request that fails */
async function sell(
  connection: Connection,
  event: string,
  seatIds: readonly string[],
  token: string,
): Promise<Sale> {
  const reservations = `${event}/reservations`;
  const began = performance.now();
  const held = await connection.ask(post(reservations, token, { seatIds }, seatIds[0]));
  const { reservationId } = bodyOf<{ reservationId: string }>(held, 201);
  const paid = await connection.ask(confirm(reservations, reservationId, token));
  const sold = performance.now() - began;
  const { revision } = bodyOf<{ revision: number }>(paid, 200);
  bodyOf(await connection.ask(get(`${event}/seat-status?atLeast=${revision}`)), 200);
  return { sold, visible: performance.now() - began };
}
