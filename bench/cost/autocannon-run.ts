import { readFileSync } from 'node:fs';
import type autocannon from 'autocannon';
import { seatIdsOf } from '../hall.js';
import { load, reserveRequest, saleRequests, yardstickRequest, type Pairs } from '../http.js';
import type { Load } from './generator.js';

/**
 * The load generator for machines without wrk: gets a load as a message, sends its result as one.
 */
process.once('message', async (message: Load) => {
  const { url, connections, seconds } = message;
  process.send!(await load(url, requestsOf(message), connections, seconds), () => process.exit(0));
});

function requestsOf({ kind, path, tokenFile, seats }: Load): autocannon.Request[] {
  const pairs = (): Pairs => ({
    // Of `/v1/events/{eventId}/reservations`.
    eventId: path.split('/')[3]!,
    seatIds: seatIdsOf(seats),
    tokens: readFileSync(tokenFile, 'utf8').split('\n'),
    next: 0,
  });
  switch (kind) {
    case 'get':
      return [{ method: 'GET', path }];
    case 'repeat':
      return [yardstickRequest(pairs(), path)];
    case 'reserve':
      return [reserveRequest(pairs())];
    case 'sale':
      return saleRequests(pairs());
  }
}
