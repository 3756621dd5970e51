import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { CaptureRequest, CaptureResult, PaymentGateway } from '../../ports/payment-gateway.js';

/** Captures remembered, so that a repeated key is answered as before. */
const MAX_REMEMBERED = 100_000;

/** Tokens that the sandbox understands, and what they lead to. */
const OUTCOMES: Record<string, 'captured' | 'declined'> = {
  tok_success: 'captured',
  tok_declined: 'declined',
};

/** A gateway without money, for development and tests: the token decides what happens. */
export function openSandboxGateway(): PaymentGateway {
  const captures = new LRUCache<string, CaptureResult>({ max: MAX_REMEMBERED });
  return {
    provider: 'sandbox',
    capture: async (request) => {
      const before = captures.get(request.idempotencyKey);
      if (before?.captured) return before;
      const result = resultOf(request);
      captures.set(request.idempotencyKey, result);
      return result;
    },
    refund: async (reference) => `re_${reference.slice(3)}`,
  };
}

/** The reference follows from the key, so a restarted sandbox knows its payments by the same names. */
function resultOf({ token, idempotencyKey }: CaptureRequest): CaptureResult {
  const outcome = Object.hasOwn(OUTCOMES, token) ? OUTCOMES[token] : undefined;
  if (outcome === undefined) return { captured: false, reason: 'token-unknown' };
  if (outcome === 'declined') return { captured: false, reason: 'declined' };
  const digest = createHash('sha256').update(idempotencyKey).digest('base64url').slice(0, 24);
  return { captured: true, reference: `py_${digest}` };
}
