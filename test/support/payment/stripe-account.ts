import { keyReused, StripeError, unknownUrl } from './stripe/errors.js';
import { intentOf, newIntent, type StripeIntent, type StripeRefund } from './stripe/objects.js';
import { read } from './stripe/reads.js';
import { cancel, confirm, create, refund } from './stripe/writes.js';

/** The data of one Stripe account, and Stripe's rules for it. */
export interface StripeAccount {
  /** @throws StripeError */
  write(path: string, body: URLSearchParams, key: string | undefined): object;
  /** @throws StripeError */
  read(path: string, query: URLSearchParams): object;
  readonly intents: readonly StripeIntent[];
  readonly refunds: readonly StripeRefund[];
  /** The same as the server does for a call. */
  confirm(id: string, card: string): void;
  /** Settles every intent in status `processing`. */
  settle(status: 'succeeded' | 'requires_payment_method'): void;
  /** While true the search knows no newer intents than it knew before. */
  delaySearch(delaying: boolean): void;
  /** As when a day has passed. */
  forgetKeys(): void;
  /** The status with which refunds are created from now on. */
  createRefundsAs(status: StripeRefund['status']): void;
  /** An intent that somebody else has made on the same account. */
  addForeign(amount: number): StripeIntent;
}

export function createStripeAccount(): StripeAccount {
  const intents: StripeIntent[] = [];
  const refunds: StripeRefund[] = [];
  const answers = new Map<string, { sent: string; result: object | StripeError }>();
  let searchable: number | undefined;
  let nextRefund: StripeRefund['status'] = 'succeeded';

  const post = (path: string, body: URLSearchParams): object => {
    if (path === '/v1/payment_intents') return create(intents, body);
    const [, id, act] = /^\/v1\/payment_intents\/(\w+)\/(confirm|cancel)$/.exec(path) ?? [];
    if (id && act === 'confirm') return confirm(intentOf(intents, id, 'intent'), body);
    if (id) return cancel(intentOf(intents, id, 'intent'));
    if (path === '/v1/refunds') return refund(intents, refunds, body, nextRefund);
    throw unknownUrl(path);
  };
  return {
    intents,
    refunds,
    write(path, body, key) {
      const before = key === undefined ? undefined : answers.get(key);
      if (before) {
        if (before.sent !== `${path}?${body}`) throw keyReused();
        if (before.result instanceof StripeError) throw before.result;
        return before.result;
      }
      let result: object;
      try {
        result = structuredClone(post(path, body));
      } catch (error) {
        // What was refused before anything was done is not kept for the key.
        if (error instanceof StripeError && error.status === 402 && key)
          answers.set(key, { sent: `${path}?${body}`, result: error });
        throw error;
      }
      if (key) answers.set(key, { sent: `${path}?${body}`, result });
      return result;
    },
    read: (path, query) => read({ intents, refunds, searchable }, path, query),
    confirm: (id, card) =>
      void confirm(intentOf(intents, id, 'intent'), new URLSearchParams({ payment_method: card })),
    settle(status) {
      for (const intent of intents.filter(({ status }) => status === 'processing'))
        Object.assign(intent, {
          ...{ status, amount_received: status === 'succeeded' ? intent.amount : 0 },
          last_payment_error:
            status === 'succeeded' ? null : { type: 'card_error', code: 'card_declined' },
        });
    },
    delaySearch: (delaying) => void (searchable = delaying ? intents.length : undefined),
    forgetKeys: () => answers.clear(),
    createRefundsAs: (status) => void (nextRefund = status),
    addForeign(amount) {
      const intent = newIntent(intents, {
        amount,
        currency: 'eur',
        metadata: { order: 'somebody else' },
      });
      return Object.assign(intent, { status: 'succeeded', amount_received: amount });
    },
  };
}
