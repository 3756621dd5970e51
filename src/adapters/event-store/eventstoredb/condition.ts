import {
  EventStoreForbidden,
  EventStoreUnsupported,
  type LogCondition,
} from '../../../ports/event-store/event-store.js';
import type { Connection } from './connection.js';
import { failedCall } from './errors.js';
import { lastPosition } from './read.js';

/** Timeout of each of the two calls. Milliseconds. */
const TIMEOUT_MS = 3_000;
/** The first version that sends `CaughtUp` to subscriptions. */
const OLDEST_VERSION = { major: 23, minor: 10 };

/** Connections whose server version was checked. */
const supported = new WeakSet<Connection>();

/** @throws EventStoreUnsupported when the server is too old, EventStoreUnavailable */
export async function conditionOf(connection: Connection): Promise<LogCondition> {
  try {
    if (!supported.has(connection)) await expectSupported(connection);
    supported.add(connection);
    await lastPosition(connection, TIMEOUT_MS);
    return { state: 'ok' };
  } catch (error) {
    if (!(error instanceof EventStoreForbidden)) throw error;
    return { state: 'forbidden', cause: error.message };
  }
}

async function expectSupported(connection: Connection): Promise<void> {
  const version = await serverVersion(connection);
  // A server that is too old to report its version is "unknown" to the client.
  const [major = 0, minor = 0] = version.split('.').map((part) => Number.parseInt(part, 10) || 0);
  const oldest = OLDEST_VERSION;
  if (major > oldest.major || (major === oldest.major && minor >= oldest.minor)) return;
  throw new EventStoreUnsupported(
    `EventStoreDB ${oldest.major}.${oldest.minor} or later is required. ` +
      `The server reports version ${version}.`,
  );
}

async function serverVersion(connection: Connection): Promise<string> {
  const lease = connection.lease();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, refuse) => {
    timer = setTimeout(() => refuse(new Error(`no answer within ${TIMEOUT_MS} ms`)), TIMEOUT_MS);
  });
  try {
    // The client reads the version once for its own use and does not expose it.
    const { capabilities } = lease.client as unknown as Capabilities;
    return (await Promise.race([capabilities, late])).serverVersion;
  } catch (error) {
    // The client caches a failed answer too.
    lease.failed();
    throw failedCall(error, connection.connectionString, 'ask the server for its version');
  } finally {
    clearTimeout(timer);
    lease.release();
  }
}

interface Capabilities {
  readonly capabilities: Promise<{ readonly serverVersion: string }>;
}
