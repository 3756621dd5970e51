import { readdir } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { derivedId } from '../../src/domain/shared/derived-id.js';
import type {
  ChargeRequest,
  PaymentGateway,
  ProviderEntry,
} from '../../src/ports/payment/payment-gateway.js';
import { ask } from '../../test/support/app.js';
import { collect } from '../../test/support/write-side.js';
import { untilAnswered, type Buyer } from './buyers.js';
import { PRICE, type Ending } from './checkout-faults.js';

/** The sandbox finds a charge by its key and looks at nothing else. */
const inquiryOf = (reservationId: string): ChargeRequest => ({
  idempotencyKey: derivedId('charge', reservationId, 1),
  ...{
    token: 'any',
    amount: { amountMinor: PRICE, currency: 'EUR' },
    holdExpiresAt: '',
    requestedAt: '',
  },
  about: { eventId: '', reservationId, attempt: 1 },
});

/** Returns the final state of a buyer. */
export async function endingOf(
  { sale, token, card, reservationId }: Buyer,
  gateway: PaymentGateway,
): Promise<Ending> {
  if (reservationId === undefined) return { card, captured: false, tickets: 0, refunded: false };
  const { body } = await ask(`${sale.url}/reservations/${reservationId}`, 'GET', { token });
  const charge = await gateway.find(inquiryOf(reservationId));
  return {
    card,
    captured: charge?.status === 'captured',
    tickets: body.tickets?.length ?? 0,
    refunded: body.payment?.status === 'refunded',
  };
}

/**
 * Waits until no charge is pending, and the ledger has no open amounts and all captures of the
 * provider.
 * @returns the provider's list
 */
export async function paymentsAtRest(
  url: string,
  token: string,
  gateway: PaymentGateway,
  buyers: readonly Buyer[],
  deadline: number,
): Promise<ProviderEntry[]> {
  const requests = buyers.flatMap(({ reservationId, card }) =>
    reservationId === undefined || card === 'tok_success' ? [] : [inquiryOf(reservationId)],
  );
  for (const request of requests) {
    while ((await gateway.find(request))?.status === 'pending' && Date.now() < deadline)
      await pause(200);
  }
  for (;;) {
    const entries = await collect(gateway.entries());
    const { body } = await untilAnswered(() => ask(`${url}/v1/ops/ledger`, 'GET', { token }));
    const [total] = body.totals;
    const taken = entries.filter(({ kind }) => kind === 'capture').length;
    const isAtRest =
      total?.unsettledMinor === 0 &&
      total.obligationsMinor === 0 &&
      total.capturedMinor === taken * PRICE;
    if (isAtRest || Date.now() > deadline) return entries;
    await pause(200);
  }
}

/** Waits for the mails: one file each. @returns their number */
export async function mailsAtRest(
  outbox: string,
  expected: number,
  deadline: number,
  onProgress: (mails: number) => void,
): Promise<number> {
  for (;;) {
    const mails = (await readdir(outbox).catch(() => [])).filter((name) =>
      name.endsWith('.eml'),
    ).length;
    onProgress(mails);
    if (mails >= expected || Date.now() > deadline) return mails;
    await pause(200);
  }
}
