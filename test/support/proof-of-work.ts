import { solveChallenge, type Challenge } from 'altcha-lib';
import { deriveKey } from 'altcha-lib/algorithms/pbkdf2';

/** Value of the request header `Proof-Of-Work`. */
export async function solved(challenge: Challenge): Promise<string> {
  const solution = await solveChallenge({ challenge, deriveKey });
  return asHeader({ challenge, solution });
}

export const asHeader = (payload: unknown): string =>
  Buffer.from(JSON.stringify(payload)).toString('base64');
