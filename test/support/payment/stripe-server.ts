import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createStripeAccount, type StripeAccount } from './stripe-account.js';
import { StripeError } from './stripe/errors.js';
import type { StripeIntent } from './stripe/objects.js';

/**
 * The few endpoints of Stripe that the gateway calls, over a real socket: form-encoded requests,
 * the statuses and bodies of its errors, idempotency keys, lists by page, a search that lags
 * behind. It fails when told to.
 */
export interface StripeServer {
  readonly url: string;
  readonly secretKey: string;
  readonly account: StripeAccount;
  /** Calls that have arrived, as `METHOD path`, oldest first. */
  readonly calls: readonly string[];
  /**
   * The next calls that change something, at paths with this end, fail so; `after`: it was done all
   * the same.
   */
  failNext(how: StripeFault, calls?: number, pathEnd?: string): void;
  /**
   * Just before the next call that changes something at a path with this end: another caller is
   * first.
   */
  before(pathEnd: string, act: () => void): void;
  /** The body of a webhook about this intent, as Stripe would send it. */
  eventOf(type: string, intent: StripeIntent | object): string;
  close(): Promise<void>;
}

export type StripeFault =
  | 'error 500 before'
  | 'error 500 after'
  | 'drop before'
  | 'drop after'
  | 'silent after'
  | 'trickle after'
  | 'rate limit'
  | 'key in use';

const SECRET_KEY = 'sk_test_boxoffice';

const OUTAGE = { error: { type: 'api_error', message: 'Sorry, something is wrong on our end.' } };

/** Answers with which a request fails before anything is done. */
const EARLY_FAILURES: Partial<Record<StripeFault, { status: number; body: object }>> = {
  'error 500 before': { status: 500, body: OUTAGE },
  'rate limit': {
    status: 429,
    body: {
      error: { type: 'invalid_request_error', code: 'rate_limit', message: 'Too many requests.' },
    },
  },
  'key in use': {
    status: 409,
    body: {
      error: {
        type: 'idempotency_error',
        code: 'idempotency_key_in_use',
        message: 'There is currently another in-progress request using this Idempotent Key.',
      },
    },
  },
};

/** The faults and interferences that a test has ordered, and the requests so far. */
class StripeRequests {
  readonly calls: string[] = [];
  readonly faults: { how: StripeFault; pathEnd: string }[] = [];
  interference: { pathEnd: string; act: () => void } | undefined;

  constructor(private readonly account: StripeAccount) {}

  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url!, 'http://stripe');
    const body = new URLSearchParams(await textOf(request));
    this.calls.push(`${request.method} ${pathname}`);
    if (request.headers.authorization !== `Bearer ${SECRET_KEY}`)
      return reply(response, 401, {
        error: { type: 'invalid_request_error', message: 'Invalid API Key provided: sk_test_***' },
      });
    if (request.method !== 'POST') {
      const answer = answerTo(() => this.account.read(pathname, searchParams));
      return reply(response, answer.status, answer.body);
    }
    this.interfere(pathname);
    const fault = this.nextFault(pathname);
    if (fault === 'drop before') return void request.socket.destroy();
    const failure = fault && EARLY_FAILURES[fault];
    if (failure) return reply(response, failure.status, failure.body);
    const key = request.headers['idempotency-key'] as string | undefined;
    const answer = answerTo(() => this.account.write(pathname, body, key));
    if (fault === 'silent after') return;
    if (fault === 'drop after') return void request.socket.destroy();
    if (fault === 'error 500 after') return reply(response, 500, OUTAGE);
    if (fault === 'trickle after') return trickle(response);
    reply(response, answer.status, answer.body);
  }

  private interfere(pathname: string): void {
    if (!this.interference || !pathname.endsWith(this.interference.pathEnd)) return;
    this.interference.act();
    this.interference = undefined;
  }

  private nextFault(pathname: string): StripeFault | undefined {
    const at = this.faults.findIndex(({ pathEnd }) => pathname.endsWith(pathEnd));
    return at < 0 ? undefined : this.faults.splice(at, 1)[0]!.how;
  }
}

export async function openStripeServer(): Promise<StripeServer> {
  const account = createStripeAccount();
  const requests = new StripeRequests(account);
  let events = 0;
  const server = createServer((request, response) => {
    void requests
      .handle(request, response)
      .catch((error: Error) =>
        reply(response, 500, { error: { type: 'api_error', message: error.message } }),
      );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    secretKey: SECRET_KEY,
    account,
    calls: requests.calls,
    failNext: (how, count = 1, pathEnd = '') =>
      void requests.faults.push(...Array.from({ length: count }, () => ({ how, pathEnd }))),
    before: (pathEnd, act) => void (requests.interference = { pathEnd, act }),
    eventOf: (type, object) =>
      JSON.stringify(
        {
          id: `evt_${++events}`,
          object: 'event',
          api_version: '2026-10-28.endive',
          created: 1_760_000_000,
          type,
          livemode: false,
          data: { object },
        },
        null,
        2,
      ),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function answerTo(call: () => object): { status: number; body: object } {
  try {
    return { status: 200, body: call() };
  } catch (error) {
    if (!(error instanceof StripeError)) throw error;
    return {
      status: error.status,
      body: { error: { doc_url: 'https://docs.stripe.com/error-codes', ...error.error } },
    };
  }
}

function reply(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json', 'request-id': 'req_test' });
  response.end(JSON.stringify(body));
}

/** A byte now and then: no pause is long enough for a limit on pauses. */
function trickle(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'application/json' });
  const timer = setInterval(() => response.write(' '), 50);
  response.once('close', () => clearInterval(timer));
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}
