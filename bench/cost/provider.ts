import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import type { Checkout } from './checkout.js';
import { track } from './children.js';
import { end, printedBy, untilReady } from './processes.js';
import { freePort } from '../../test/support/services/free-port.js';

/** A payment provider in a process of its own, and the settings of a service that uses it. */
export interface Provider {
  readonly pid?: number;
  readonly settings: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

const PROGRAM = 'dist/demo/payments-sandbox.js';

/**
 * Starts a checkout's payment sandbox with a journal and webhooks, as inside the service.
 * A commit without that program keeps it inside.
 * @param serviceUrl receives the webhooks
 */
export async function startProvider(
  checkout: Checkout,
  { directory, secret }: { readonly directory: string; readonly secret: string },
  serviceUrl: string,
): Promise<Provider> {
  if (!existsSync(join(checkout.path, PROGRAM))) return { settings: {}, stop: async () => {} };
  const port = await freePort();
  const options = {
    port: String(port),
    journal: join(await mkdtemp(join(directory, 'payments-')), 'journal.jsonl'),
    'webhook-url': `${serviceUrl}/v1/payments/webhooks/sandbox`,
    secret,
    'api-key': secret,
  };
  const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, value]);
  const child = spawn(process.execPath, [PROGRAM, ...args], { cwd: checkout.path, env: {} });
  track(child);
  const printed = printedBy(child);
  const isReady = async () => printed().includes('listens on');
  await untilReady(child, isReady, `The payment sandbox of ${checkout.commit}`, printed);
  return {
    pid: child.pid!,
    settings: {
      PAYMENTS_SANDBOX_URL: `http://127.0.0.1:${port}`,
      PAYMENTS_SANDBOX_SECRET: secret,
      PAYMENTS_SANDBOX_API_KEY: secret,
    },
    stop: () => end(child),
  };
}
