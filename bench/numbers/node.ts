import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startProcess } from '../../test/support/services/boxoffice-process.js';
import { EVENT, VENUE, smallPlan } from '../../test/support/seat-inventory/event-on-sale.js';
import { customerTokens } from './taking.js';

/** As in the script `start` of package.json. */
const AS_STARTED = ['--max-semi-space-size=64'];

export interface NumberNode {
  readonly url: string;
  /** Path where numbers of a new event are taken, whose room is open. */
  openRoom(): Promise<string>;
  tokens(count: number): string[];
  stop(): Promise<void>;
}

/** One node in a process of its own, as it is in production but for its secrets. */
export async function startNode(
  settings: Readonly<Record<string, string>> = {},
): Promise<NumberNode> {
  const directory = await mkdtemp(join(tmpdir(), 'boxoffice-numbers-'));
  const secret = randomBytes(32).toString('hex');
  const all = { DATA_DIR: directory, JWT_SECRET: secret, MAIL: 'off', ...settings };
  const boxoffice = await startProcess(all, AS_STARTED);
  const { url } = boxoffice;
  const ask = async (method: string, path: string, token: string, body: object) => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const answer = await fetch(url + path, { method, headers, body: JSON.stringify(body) });
    if (!answer.ok)
      throw new Error(`${method} ${path} was answered ${answer.status}: ${await answer.text()}`);
    return (await answer.json()) as { venueId: string; eventId: string };
  };
  return {
    url,
    tokens: (count) => customerTokens(secret, count),
    openRoom: async () => {
      const dev = { sub: 'organiser', roles: ['organizer'] };
      const minted = await fetch(`${url}/v1/dev/tokens`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(dev),
      });
      const { token } = (await minted.json()) as { token: string };
      const { venueId } = await ask('POST', '/v1/venues', token, {
        ...VENUE,
        seatingPlan: smallPlan(5, 10),
      });
      const { eventId } = await ask('POST', '/v1/events', token, { ...EVENT, venueId });
      const room = `/v1/events/${eventId}/waiting-room`;
      await ask('PUT', room, token, { admitPerMinute: 600, maxShoppers: 1_000 });
      return `${room}/tickets`;
    },
    stop: async () => {
      await boxoffice.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
