import { Pool } from 'undici';
import {
  PaymentOutcomeUnknown,
  RefundRefused,
  NoticeRefused,
  type Charge,
  type ChargeSubject,
  type PaymentGateway,
  type PaymentNotice,
  type RefundState,
} from '../../ports/payment/payment-gateway.js';
import { obstacleTo } from '../../adapters/payment/chargeable.js';
import type { DeliverNotice } from './sandbox-deliveries.js';
import { openSandboxProvider, type SandboxProviderOptions } from './sandbox-provider.js';
import {
  readCharge,
  readEntriesPage,
  readNoticeBody,
  readRefund,
  readSubject,
  SandboxRefusal,
  type EntriesPage,
  type SandboxCharge,
  type SandboxRefund,
  type SandboxRefusalCode,
} from './sandbox-wire.js';
import { verifyNotice } from '../../adapters/payment/webhook-signature.js';

/** Time limit of a call by default. Milliseconds. */
const TIMEOUT_MS = 10_000;
/** Charges in progress at the same time. Those of `tok_silent` count until the time limit. */
const CONNECTIONS = 128;
const ENTRIES_PER_PAGE = 1_000;
/** Maximum bytes of an answer of the sandbox; a page of entries is the longest. */
const MAX_ANSWER_BYTES = 1 << 20;

export interface SandboxGatewayOptions extends Omit<SandboxProviderOptions, 'webhookSecret'> {
  /** The first one signs. All are accepted, so that secrets can be rotated. */
  readonly webhookSecrets: readonly string[];
  /** Time limit of one call. Milliseconds, by default 10,000. */
  readonly timeoutMs?: number;
}

export interface SandboxGateway extends PaymentGateway {
  /**
   * Sends webhooks to this URL or function from now on, including earlier ones. Without a receiver
   * none are sent.
   */
  sendNoticesTo(receiver: string | DeliverNotice): void;
}

/**
 * Opens a sandbox inside this process. Webhooks go over HTTP to `webhookUrl`, or to the receiver of
 * `sendNoticesTo`.
 * @throws Error when the journal cannot be read, or another process writes it
 */
export async function openSandboxGateway(options: SandboxGatewayOptions): Promise<SandboxGateway> {
  const { webhookSecrets, timeoutMs = TIMEOUT_MS, clock } = options;
  const provider = await openSandboxProvider({
    ...options,
    webhookSecret: signingSecret(webhookSecrets),
  });
  const closing = new AbortController();
  const calls: SandboxCalls = {
    async charge(request) {
      const { charge, when } = provider.charge(request);
      if (when === 'never') {
        await clock.sleep(timeoutMs, closing.signal);
        throw new Error(`no answer within ${timeoutMs} ms`);
      }
      if (when !== 'at-once') await when;
      return charge;
    },
    find: async (key) => provider.find(key),
    withdraw: async (key) => provider.withdraw(key),
    refund: async (request) => provider.refund(request),
    subjectOf: async (reference) => provider.subjectOf(reference),
    entries: async (after) => provider.entries(after, ENTRIES_PER_PAGE),
    async close() {
      closing.abort();
      await provider.close();
    },
  };
  return {
    ...gatewayOver(calls, webhookSecrets),
    sendNoticesTo: (receiver) => provider.sendNoticesTo(receiver),
  };
}

export interface RemoteSandboxOptions {
  /** `http://host:port` of `npm run payments:sandbox`. */
  readonly url: string;
  readonly apiKey: string;
  /** All are accepted, so that secrets can be rotated. */
  readonly webhookSecrets: readonly string[];
  /**
   * Time limit of one call, including the wait for a connection. Milliseconds, by default 10,000.
   */
  readonly timeoutMs?: number;
  /** Connections; by default 128. */
  readonly connections?: number;
}

/** Opens a gateway to a sandbox in a separate process, for one node or several. */
export function openRemoteSandboxGateway(options: RemoteSandboxOptions): PaymentGateway {
  const { apiKey, webhookSecrets, timeoutMs = TIMEOUT_MS, connections = CONNECTIONS } = options;
  signingSecret(webhookSecrets);
  const pool = new Pool(options.url, { connections, maxResponseSize: MAX_ANSWER_BYTES });
  const call = async (
    method: 'GET' | 'POST',
    path: string,
    key?: string,
    body?: object,
  ): Promise<unknown> => {
    const answer = await pool.request({
      method,
      path,
      headers: {
        authorization: `Bearer ${apiKey}`,
        ...(key !== undefined && { 'idempotency-key': key }),
        ...(body && { 'content-type': 'application/json' }),
      },
      body: body && JSON.stringify(body),
      signal: AbortSignal.timeout(timeoutMs),
    });
    const value = await answer.body.json();
    if (answer.statusCode < 300) return value;
    const { code, detail } = value as { code: SandboxRefusalCode; detail: string };
    throw new SandboxRefusal(code, detail);
  };
  const calls: SandboxCalls = {
    charge: async ({ idempotencyKey, ...body }) =>
      readCharge(await call('POST', '/v1/charges', idempotencyKey, body)),
    find: async (key) => {
      try {
        return readCharge(await call('GET', `/v1/charges?key=${encodeURIComponent(key)}`));
      } catch (error) {
        if (isRefusal(error, 'charge-not-found')) return undefined;
        throw error;
      }
    },
    withdraw: async (key) => {
      const answer = await call('POST', '/v1/withdrawals', key);
      return (answer as { status?: unknown } | null)?.status === 'withdrawn'
        ? undefined
        : readCharge(answer);
    },
    refund: async ({ idempotencyKey, ...body }) =>
      readRefund(await call('POST', '/v1/refunds', idempotencyKey, body)),
    subjectOf: async (reference) => {
      try {
        return readSubject(
          await call('GET', `/v1/captures?reference=${encodeURIComponent(reference)}`),
        );
      } catch (error) {
        if (isRefusal(error, 'capture-not-found')) return undefined;
        throw error;
      }
    },
    entries: async (after) =>
      readEntriesPage(await call('GET', `/v1/entries?after=${after}&limit=${ENTRIES_PER_PAGE}`)),
    close: () => pool.destroy(),
  };
  return gatewayOver(calls, webhookSecrets);
}

/**
 * Operations of a local or remote sandbox. After any error but a SandboxRefusal, the outcome is
 * unknown.
 */
interface SandboxCalls {
  charge(request: SandboxCharge): Promise<Charge>;
  find(idempotencyKey: string): Promise<Charge | undefined>;
  withdraw(idempotencyKey: string): Promise<Charge | undefined>;
  refund(request: SandboxRefund): Promise<RefundState>;
  subjectOf(reference: string): Promise<ChargeSubject | undefined>;
  entries(after: number): Promise<EntriesPage>;
  close(): Promise<void>;
}

function gatewayOver(calls: SandboxCalls, webhookSecrets: readonly string[]): PaymentGateway {
  const find = (key: string) =>
    calls.find(key).catch(asUnknown('does not say where a charge stands'));
  return {
    provider: 'sandbox',
    obstacleTo,
    async charge({ requestedAt: _, ...request }) {
      try {
        return await calls.charge(request);
      } catch (error) {
        // The first request with a key counts.
        const standing =
          isRefusal(error, 'idempotency-key-reused') && (await find(request.idempotencyKey));
        return standing || asUnknown('does not answer a charge')(error);
      }
    },
    find: ({ idempotencyKey }) => find(idempotencyKey),
    withdraw: ({ idempotencyKey }) =>
      calls.withdraw(idempotencyKey).catch(asUnknown('does not withdraw a charge')),
    subjectOf: (reference) =>
      calls.subjectOf(reference).catch(asUnknown('does not say what a capture is about')),
    async refund({ about: _, ...request }) {
      try {
        return await calls.refund(request);
      } catch (error) {
        if (error instanceof SandboxRefusal && FINAL_REFUSALS.has(error.code))
          throw new RefundRefused(error.message, { cause: error });
        return asUnknown('does not answer a refund')(error);
      }
    },
    readNotice: (body, headers, now): PaymentNotice => {
      verifyNotice(body, headers, webhookSecrets, now);
      try {
        return readNoticeBody(body);
      } catch (error) {
        throw new NoticeRefused('webhook-body-invalid', (error as Error).message);
      }
    },
    async *entries() {
      for (let after: number | null = 0; after !== null;) {
        const page: EntriesPage = await calls
          .entries(after)
          .catch(asUnknown('does not show its books'));
        yield* page.entries;
        after = page.next;
      }
    },
    close: () => calls.close(),
  };
}

/** A repeated refund gets the same refusal. */
const FINAL_REFUSALS: ReadonlySet<SandboxRefusalCode> = new Set([
  'body-invalid',
  'idempotency-key-invalid',
  'idempotency-key-reused',
  'capture-not-found',
  'refund-currency-differs',
  'refund-exceeds-capture',
]);

const isRefusal = (error: unknown, code: SandboxRefusalCode): boolean =>
  error instanceof SandboxRefusal && error.code === code;

const asUnknown =
  (what: string) =>
  (error: unknown): never => {
    const { message } = error as Error;
    throw new PaymentOutcomeUnknown(`The sandbox ${what}: ${message}`, { cause: error });
  };

function signingSecret(secrets: readonly string[]): string {
  const [first] = secrets;
  if (first === undefined || secrets.some((secret) => secret === ''))
    throw new Error('The sandbox needs a secret for its webhooks.');
  return first;
}
