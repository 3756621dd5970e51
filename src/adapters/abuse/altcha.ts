import {
  createChallenge,
  verifySolution,
  type Challenge as AltchaChallenge,
  type Payload,
} from 'altcha-lib';
import { deriveKey } from 'altcha-lib/algorithms/pbkdf2';
import { DEFAULT_ZEROS, workOf } from '../../domain/abuse/price.js';
import type { Challenge, ProofOfWork, UsedOnce } from '../../ports/abuse/abuse.js';
import type { Clock } from '../../ports/system/clock.js';

const ALGORITHM = 'PBKDF2/SHA-256';
const GOOD_FOR_SECONDS = 120;
/** Maximum characters of a solution, in base64. */
const MAX_LENGTH = 4_096;

/**
 * Proof of work by ALTCHA, version 2. Challenges are signed, so nothing is stored until one is
 * solved.
 */
export function openProofOfWork(secret: string, used: UsedOnce, clock: Clock): ProofOfWork {
  return {
    challenge: async (account, rounds, zeros = DEFAULT_ZEROS) =>
      (await createChallenge({
        algorithm: ALGORITHM,
        cost: rounds,
        // Hexadecimal zeros that the derived key must begin with. With two, one guess in 256 is
        // right.
        keyPrefix: '0'.repeat(zeros),
        deriveKey,
        data: { account },
        expiresAt: Math.floor(clock.now() / 1_000) + GOOD_FOR_SECONDS,
        hmacSignatureSecret: secret,
      })) as unknown as Challenge,
    check: async (account, text, rounds, zeros = DEFAULT_ZEROS) => {
      const payload = payloadOf(text);
      if (!payload) return 'invalid';
      const { challenge, solution } = payload;
      const { parameters } = challenge;
      // Cheap checks come first. The signature is checked below.
      if (!isSufficient(parameters, account, { rounds, zeros })) return 'invalid';
      if (typeof parameters.expiresAt !== 'number') return 'invalid';
      const result = await verifySolution({
        challenge,
        solution,
        deriveKey,
        hmacSignatureSecret: secret,
      }).catch(() => undefined);
      if (result?.expired) return 'expired';
      if (!result?.verified) return 'invalid';
      return (await used.use(challenge.signature!, parameters.expiresAt * 1_000 + 1_000))
        ? undefined
        : 'used';
    },
  };
}

/** Returns whether the challenge was for this account and for at least this work. */
function isSufficient(
  { algorithm, cost, keyPrefix, data }: AltchaChallenge['parameters'],
  account: string,
  work: { rounds: number; zeros: number },
): boolean {
  const solved = { rounds: cost, zeros: String(keyPrefix).length };
  return data?.account === account && workOf(solved) >= workOf(work) && algorithm === ALGORITHM;
}

function payloadOf(
  text: string,
): { challenge: AltchaChallenge; solution: Payload['solution'] } | undefined {
  if (text.length > MAX_LENGTH) return undefined;
  try {
    const payload = JSON.parse(
      Buffer.from(text, 'base64').toString('utf8'),
    ) as Partial<Payload> | null;
    const { challenge, solution } = payload ?? {};
    const whole =
      typeof challenge?.parameters === 'object' && challenge.parameters !== null && solution;
    return whole && typeof challenge.signature === 'string' ? { challenge, solution } : undefined;
  } catch {
    return undefined;
  }
}
