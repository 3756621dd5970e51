type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Settings that hold a secret as plain text. A guessed secret lets an attacker forge tokens or
 * sandbox webhooks.
 */
const SECRETS = ['JWT_SECRET', 'PAYMENTS_SANDBOX_SECRET', 'PAYMENTS_SANDBOX_API_KEY'] as const;
const KEY_SETS = ['TICKET_SIGNING_KEYS', 'AUDIT_SIGNING_KEYS'] as const;
/**
 * Minimum of different characters in a secret. 32 random hexadecimal digits have fewer once in ten
 * million.
 */
const MIN_DISTINCT = 8;

/** Returns a problem for each secret that can be guessed. */
export function weakSecrets(env: Environment): string[] {
  return SECRETS.filter((name) => isWeak(env[name]?.trim() ?? '')).map(
    (name) =>
      `${name} can be guessed because it repeats itself; expected random characters in production.`,
  );
}

function isWeak(secret: string): boolean {
  if (secret === '') return false;
  const isRepetition = (secret + secret).indexOf(secret, 1) < secret.length;
  return isRepetition || new Set(secret).size < MIN_DISTINCT;
}

/**
 * Returns a problem for each secret that two settings share: a leak of one compromises the other.
 */
export function sharedSecrets(env: Environment): string[] {
  const problems: string[] = [];
  for (const [at, name] of SECRETS.entries()) {
    const other = SECRETS.slice(at + 1).find(
      (later) => env[name]?.trim() && env[name]!.trim() === env[later]?.trim(),
    );
    if (other)
      problems.push(`${name} and ${other} are equal; expected separate secrets in production.`);
  }
  const [tickets, audit] = KEY_SETS.map((name) => env[name]?.trim() ?? '');
  const isSamePath = tickets !== '' && !tickets!.startsWith('{') && tickets === audit;
  if (isSamePath || haveKeyInCommon(keysOf(tickets!), keysOf(audit!))) {
    problems.push(
      'TICKET_SIGNING_KEYS and AUDIT_SIGNING_KEYS have a key in common, so a holder of the ' +
        'ticket key could alter the log unnoticed; expected separate keys in production.',
    );
  }
  return problems;
}

/**
 * Public keys of an inline key set; none for a path, whose file is read when the service starts.
 */
function keysOf(setting: string): string[] {
  if (!setting.startsWith('{')) return [];
  try {
    const { keys } = JSON.parse(setting) as { keys: { x?: string }[] };
    return keys.flatMap(({ x }) => (typeof x === 'string' ? [x] : []));
  } catch {
    return [];
  }
}

export const haveKeyInCommon = (some: readonly string[], others: readonly string[]): boolean =>
  some.some((key) => others.includes(key));
