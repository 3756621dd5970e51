import { setTimeout as pause } from 'node:timers/promises';
import type { TestApp } from '../../support/app.js';
import { EVENT, onSale } from '../../support/seat-inventory/event-on-sale.js';

export const ROOM = { admitPerMinute: 6_000, maxShoppers: 3 };

/** Asks until the answer is as expected, for ten seconds at most. */
export async function eventually<T>(
  ask: () => Promise<T>,
  isExpected: (answer: T) => boolean,
): Promise<T> {
  for (const until = Date.now() + 10_000; ;) {
    const answer = await ask();
    if (isExpected(answer)) return answer;
    if (Date.now() > until) throw new Error(`still ${JSON.stringify(answer)}`);
    await pause(20);
  }
}

/** The waiting room of the current event: `scheduleAnother` replaces the event. */
export class WaitingRoom {
  eventId = '';
  path = '';
  private keys = 0;
  private readonly tokens = new Map<string, string>();

  constructor(
    readonly app: TestApp,
    readonly organizer: string,
    private readonly venueId: string,
  ) {}

  async scheduleAnother(details: object = {}): Promise<void> {
    const body = { ...EVENT, venueId: this.venueId, ...details };
    const scheduled = await this.app.ask('POST', '/v1/events', { token: this.organizer, body });
    expect(scheduled.status).toBe(201);
    this.eventId = scheduled.body.eventId;
    this.path = `/v1/events/${this.eventId}`;
  }

  async tokenOf(account: string): Promise<string> {
    const token = this.tokens.get(account) ?? (await this.app.token(account, 'customer'));
    this.tokens.set(account, token);
    return token;
  }

  async configure(settings: object = ROOM) {
    const asked = { token: this.organizer, body: settings };
    const answer = await this.app.ask('PUT', `${this.path}/waiting-room`, asked);
    expect(answer.status).toBe(200);
    return answer.body;
  }

  change(body: object) {
    return this.app.ask('PATCH', `${this.path}/waiting-room`, { token: this.organizer, body });
  }

  async status() {
    return (await this.app.ask('GET', `${this.path}/waiting-room`)).body;
  }

  async watch() {
    const asked = { token: this.organizer };
    return (await this.app.ask('GET', `${this.path}/waiting-room/watch`, asked)).body;
  }

  async post(account: string, what: string, body?: object) {
    const token = await this.tokenOf(account);
    return this.app.ask('POST', `${this.path}/waiting-room/${what}`, { token, body });
  }

  async number(account: string) {
    return (await this.post(account, 'tickets')).body;
  }

  async pass(account: string, ticket?: string): Promise<string> {
    const shown = ticket ?? (await this.number(account)).ticket;
    const traded = await eventually(
      () => this.post(account, 'pass', { ticket: shown }),
      ({ status }) => status !== 202,
    );
    expect(traded.status).toBe(200);
    return traded.body.pass;
  }

  async reserve(account: string, seatIds: string[], pass?: string, key = `key-${++this.keys}`) {
    return this.app.ask('POST', `${this.path}/reservations`, {
      token: await this.tokenOf(account),
      body: { seatIds },
      headers: { 'idempotency-key': key, ...(pass !== undefined && { 'boxoffice-pass': pass }) },
    });
  }
}

export async function openWaitingRoom(app: TestApp): Promise<WaitingRoom> {
  const { venueId } = await onSale(app);
  return new WaitingRoom(app, await app.token('olga', 'organizer'), venueId);
}
