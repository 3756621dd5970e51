import { InvalidValue, type Parsed } from './values.js';

/** Characters of a secret. HS256 requires keys of at least 32 bytes (RFC 7518, section 3.2). */
export const SECRET_LENGTH = { min: 32, max: 4_096 };

export const URL_SCHEMES = {
  postgres: ['postgres', 'postgresql'],
  eventStore: ['esdb', 'esdb+discover', 'kurrentdb', 'kurrentdb+discover'],
  web: ['https', 'http'],
  smtp: ['smtps', 'smtp'],
  redis: ['rediss', 'redis'],
};

export function oneOf(words: readonly string[]): (text: string) => Parsed {
  return (text) => (words.includes(text) ? text : new InvalidValue('is not supported'));
}

export function matching(pattern: RegExp): (text: string) => Parsed {
  return (text) => (pattern.test(text) ? text : new InvalidValue('has invalid characters'));
}

export function url(schemes: readonly string[]): (text: string) => Parsed {
  return (text) => {
    const scheme = /^([a-z+]+):\/\/./.exec(text)?.[1];
    if (scheme === undefined) return new InvalidValue('is not a complete URL');
    if (!schemes.includes(scheme)) return new InvalidValue('has an unsupported scheme');
    return URL.canParse(text) ? text : new InvalidValue('is not a complete URL');
  };
}

export function parseOrigin(text: string): Parsed {
  const whole = url(URL_SCHEMES.web)(text);
  if (whole instanceof InvalidValue) return whole;
  const { origin, href } = new URL(text);
  return href === `${origin}/` ? origin : new InvalidValue('has a path, query or user name');
}

/**
 * Accepts several hosts, which the URL standard does not. KurrentDB is the new name of
 * EventStoreDB; the client only knows the old scheme.
 */
export function eventStoreUrl(text: string): Parsed {
  const parts = /^([a-z+]+):\/\/(?:[^@/?]*@)?[^@/?\s]+(?:[/?]\S*)?$/.exec(text);
  if (!parts) return new InvalidValue('is not a complete URL');
  if (!URL_SCHEMES.eventStore.includes(parts[1]!))
    return new InvalidValue('has an unsupported scheme');
  return text.replace(/^kurrentdb/, 'esdb');
}

export function secret(text: string): Parsed {
  if (text.length >= SECRET_LENGTH.min && text.length <= SECRET_LENGTH.max) return text;
  return new InvalidValue(`has ${text.length} characters`);
}

/** Checks an inline key set roughly; the service reads keys and files when it starts. */
export function keySetOrPath(text: string): Parsed {
  if (!text.startsWith('{')) return text.includes('\0') ? new InvalidValue('is not a path') : text;
  try {
    const { keys } = JSON.parse(text) as { keys?: unknown };
    return Array.isArray(keys) ? text : new InvalidValue('has no list of keys');
  } catch {
    return new InvalidValue('is not JSON');
  }
}

export function stripeKey(text: string): Parsed {
  return /^[sr]k_\w+$/.test(text) ? text : new InvalidValue('is not a Stripe secret key');
}

export function stripeWebhookSecrets(text: string): Parsed {
  const secrets = text.split(',').map((part) => part.trim());
  const wrong = secrets.findIndex((part) => !/^whsec_[\w+/=-]+$/.test(part));
  return wrong < 0 ? Object.freeze(secrets) : new InvalidValue(`entry ${wrong + 1} is invalid`);
}
