import { generateKeyPairSync } from 'node:crypto';
import type { TestApp } from '../../support/app.js';
import { confirm, onSale, reserve } from '../../support/seat-inventory/event-on-sale.js';

/** Node settings with a signing key for tickets. */
export const ticketKeys = () => ({
  TICKET_SIGNING_KEYS: JSON.stringify({
    keys: [{ ...generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' }), kid: 'test' }],
  }),
});

export interface Ticket {
  ticketId: string;
  seatId: string;
  code: string;
}

export interface Sale {
  reservationId: string;
  tickets: Ticket[];
}

/** An event of 50 seats, its buyers and its door. */
export async function openTicketSale(app: TestApp) {
  const [anna, ben] = [await app.token('anna', 'customer'), await app.token('ben', 'customer')];
  const door = await app.token('dora', 'operator');
  const { eventId, path } = await onSale(app, undefined, { maxSeatsPerCustomer: 50 });
  let pairs = 0;
  /** Buys the next free seats for Anna: at most two. */
  const buy = async (seats = 2): Promise<Sale> => {
    const row = String.fromCharCode(65 + Math.floor((pairs * 2) / 10));
    const first = ((pairs * 2) % 10) + 1;
    pairs++;
    const seatIds = Array.from({ length: seats }, (_, at) => `${row}-${first + at}`);
    const { body } = await reserve(app, path, anna, { seatIds });
    const sold = await confirm(app, path, anna, body.reservationId);
    expect(sold).toMatchObject({ status: 200 });
    return sold.body;
  };
  const checkIn = (code: string, at = path) =>
    app.ask('POST', `${at}/check-ins`, { token: door, body: { code } });
  return { eventId, path, anna, ben, door, buy, checkIn };
}

export type TicketSale = Awaited<ReturnType<typeof openTicketSale>>;

/** Matches a problem. */
export const refusal = (code: string, status: number, more: object = {}) => ({
  status,
  body: { code, ...more },
});
