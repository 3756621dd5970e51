/** What Stripe keeps for one account, and its rules for it. */
export interface StripeAccount {
  /** @throws StripeRefusal */
  write(path: string, body: URLSearchParams, key: string | undefined): object;
  /** @throws StripeRefusal */
  read(path: string, query: URLSearchParams): object;
  readonly intents: readonly StripeIntent[];
  readonly refunds: readonly StripeRefund[];
  /** The same as the server does for a call. */
  confirm(id: string, card: string): void;
  /** What was being processed is settled now. */
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

export interface StripeIntent {
  id: string;
  object: 'payment_intent';
  amount: number;
  amount_received: number;
  currency: string;
  created: number;
  metadata: Record<string, string>;
  status: 'succeeded' | 'processing' | 'requires_payment_method' | 'requires_action' | 'canceled';
  last_payment_error: object | null;
}

export interface StripeRefund {
  id: string;
  object: 'refund';
  amount: number;
  currency: string;
  payment_intent: string;
  metadata: Record<string, string>;
  status: 'pending' | 'requires_action' | 'succeeded' | 'failed' | 'canceled';
  failure_reason?: string;
}

export class StripeRefusal extends Error {
  constructor(
    readonly status: number,
    readonly error: { type: string; code?: string; message: string; param?: string } & Record<
      string,
      unknown
    >,
  ) {
    super(error.message);
  }
}

/** Test cards by the names that Stripe gives them, and what becomes of a charge. */
const CARDS: Readonly<Record<string, StripeIntent['status'] | { decline: string; code: string }>> =
  {
    pm_card_visa: 'succeeded',
    pm_processing: 'processing',
    pm_card_chargeDeclined: { code: 'card_declined', decline: 'generic_decline' },
    pm_card_authenticationRequired: 'requires_action',
  };

/** Fingerprint of every card that is declined. */
export const DECLINED_CARD = 'Xt5EWLLDS7FJjR1c';

export function createStripeAccount(): StripeAccount {
  const intents: StripeIntent[] = [];
  const refunds: StripeRefund[] = [];
  const answers = new Map<string, { sent: string; result: object | StripeRefusal }>();
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
        if (before.result instanceof StripeRefusal) throw before.result;
        return before.result;
      }
      let result: object;
      try {
        result = structuredClone(post(path, body));
      } catch (error) {
        // What was refused before anything was done is not kept for the key.
        if (error instanceof StripeRefusal && error.status === 402 && key)
          answers.set(key, { sent: `${path}?${body}`, result: error });
        throw error;
      }
      if (key) answers.set(key, { sent: `${path}?${body}`, result });
      return result;
    },
    read(path, query) {
      if (path === '/v1/payment_intents/search') {
        const [, key] = /^metadata\['key'\]:'(.*)'$/.exec(query.get('query') ?? '') ?? [];
        if (key === undefined) throw invalid('We were unable to parse your search query.', 'query');
        const wanted = key.replace(/\\(.)/g, '$1');
        const data = intents.slice(0, searchable).filter(({ metadata }) => metadata.key === wanted);
        return { object: 'search_result', url: path, has_more: false, next_page: null, data };
      }
      const [, id] = /^\/v1\/payment_intents\/(\w+)$/.exec(path) ?? [];
      if (id) return intentOf(intents, id, 'intent');
      if (path === '/v1/payment_intents') {
        const since = Number(query.get('created[gte]') ?? 0);
        return page(
          path,
          intents.filter(({ created }) => created >= since),
          query,
        );
      }
      if (path === '/v1/refunds') {
        const of = query.get('payment_intent');
        const found = refunds.filter(({ payment_intent: intent }) => of === null || intent === of);
        const isExpanded = query.get('expand[0]') === 'data.payment_intent';
        const shown = ({ payment_intent: intent, ...rest }: StripeRefund) => ({
          ...rest,
          payment_intent: isExpanded ? intents.find(({ id }) => id === intent) : intent,
        });
        return page(path, found.map(shown), query);
      }
      throw unknownUrl(path);
    },
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

/** An intent takes no money before it is confirmed. */
function create(intents: StripeIntent[], body: URLSearchParams): StripeIntent {
  const amount = Number(body.get('amount'));
  if (!Number.isInteger(amount) || amount < 50)
    throw invalid('Amount must be at least €0.50 eur', 'amount', 'amount_too_small');
  if (body.get('automatic_payment_methods[allow_redirects]') !== 'never')
    throw invalid('You must provide a `return_url`.', 'return_url');
  const intent = newIntent(intents, {
    amount,
    currency: body.get('currency')!,
    metadata: metadataIn(body),
  });
  return body.get('confirm') === 'true' ? confirm(intent, body) : intent;
}

function confirm(intent: StripeIntent, body: URLSearchParams): StripeIntent {
  if (intent.status !== 'requires_payment_method') throw unexpectedState(intent);
  const card = CARDS[body.get('payment_method') ?? ''];
  if (card === undefined)
    throw invalid(
      `No such PaymentMethod: '${body.get('payment_method')}'`,
      'payment_method',
      'resource_missing',
    );
  if (typeof card === 'object') throw declined(intent, card.code, card.decline);
  if (card === 'requires_action' && body.get('error_on_requires_action') === 'true')
    throw declined(intent, 'authentication_required', 'authentication_required');
  return Object.assign(intent, {
    status: card,
    amount_received: card === 'succeeded' ? intent.amount : 0,
  });
}

function cancel(intent: StripeIntent): StripeIntent {
  if (
    intent.status === 'succeeded' ||
    intent.status === 'processing' ||
    intent.status === 'canceled'
  )
    throw unexpectedState(intent);
  return Object.assign(intent, { status: 'canceled' });
}

function refund(
  intents: readonly StripeIntent[],
  refunds: StripeRefund[],
  body: URLSearchParams,
  status: StripeRefund['status'],
): StripeRefund {
  const intent = intentOf(intents, body.get('payment_intent') ?? '', 'payment_intent');
  const amount = Number(body.get('amount'));
  const refunded = refunds
    .filter(
      ({ payment_intent: of, status }) =>
        of === intent.id && status !== 'failed' && status !== 'canceled',
    )
    .reduce((sum, { amount }) => sum + amount, 0);
  const left = intent.amount_received - refunded;
  if (left === 0)
    throw invalid(
      `Charge of ${intent.id} has already been refunded.`,
      undefined,
      'charge_already_refunded',
    );
  if (amount > left)
    throw invalid(
      `Refund amount (${amount}) is greater than unrefunded amount on charge (${left})`,
      'amount',
    );
  const made: StripeRefund = {
    id: `re_${refunds.length + 1}`,
    object: 'refund',
    amount,
    currency: intent.currency,
    payment_intent: intent.id,
    metadata: metadataIn(body),
    status,
  };
  refunds.push(made);
  return made;
}

function newIntent(
  intents: StripeIntent[],
  parts: Pick<StripeIntent, 'amount' | 'currency' | 'metadata'>,
): StripeIntent {
  const intent: StripeIntent = {
    id: `pi_${intents.length + 1}`,
    object: 'payment_intent',
    amount_received: 0,
    created: Math.floor(Date.now() / 1_000),
    status: 'requires_payment_method',
    last_payment_error: null,
    ...parts,
  };
  intents.push(intent);
  return intent;
}

const metadataIn = (body: URLSearchParams): Record<string, string> =>
  Object.fromEntries(
    [...body].flatMap(([name, value]) => {
      const [, key] = /^metadata\[(\w+)\]$/.exec(name) ?? [];
      return key ? [[key, value]] : [];
    }),
  );

function intentOf(intents: readonly StripeIntent[], id: string, param: string): StripeIntent {
  const intent = intents.find((one) => one.id === id);
  if (intent) return intent;
  throw new StripeRefusal(404, {
    type: 'invalid_request_error',
    code: 'resource_missing',
    message: `No such payment_intent: '${id}'`,
    param,
  });
}

/** Newest first, as Stripe lists. */
function page<T extends { id: string }>(
  url: string,
  all: readonly T[],
  query: URLSearchParams,
): object {
  const newestFirst = all.toReversed();
  const after = query.get('starting_after');
  const start = after === null ? 0 : newestFirst.findIndex(({ id }) => id === after) + 1;
  const end = start + Number(query.get('limit') ?? 10);
  return {
    object: 'list',
    url,
    has_more: end < newestFirst.length,
    data: newestFirst.slice(start, end),
  };
}

function declined(intent: StripeIntent, code: string, declineCode: string): StripeRefusal {
  const error = {
    ...{ type: 'card_error', code, decline_code: declineCode, message: 'Your card was declined.' },
    payment_method: {
      ...{ id: 'pm_1', object: 'payment_method', type: 'card' },
      card: { fingerprint: DECLINED_CARD, last4: '0002' },
    },
  };
  intent.last_payment_error = error;
  return new StripeRefusal(402, { ...error, payment_intent: { ...intent } });
}

const invalid = (message: string, param?: string, code?: string) =>
  new StripeRefusal(400, {
    type: 'invalid_request_error',
    message,
    ...(param && { param }),
    ...(code && { code }),
  });

const unexpectedState = ({ status }: StripeIntent) =>
  invalid(
    `This PaymentIntent has a status of ${status} and cannot be changed so.`,
    undefined,
    'payment_intent_unexpected_state',
  );

const keyReused = () =>
  new StripeRefusal(400, {
    type: 'idempotency_error',
    message:
      'Keys for idempotent requests can only be used with the same parameters they were first used with.',
  });

const unknownUrl = (path: string) =>
  new StripeRefusal(404, {
    type: 'invalid_request_error',
    message: `Unrecognized request URL (${path}).`,
  });
