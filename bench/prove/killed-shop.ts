import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openRemoteSandboxGateway } from '../../src/demo/payment-sandbox/sandbox-gateway.js';
import { serveSandbox } from '../../src/demo/payment-sandbox/sandbox-http.js';
import type { LedgerReport } from '../../src/read-models/payment/ledger-check.js';
import { startProcess } from '../../test/support/services/boxoffice-process.js';
import { commandLine } from '../../test/support/services/command-line.js';
import { freePort } from '../../test/support/services/free-port.js';
import { openLeapingClock } from './leaping-clock.js';

/**
 * Jump of the sandbox's clock that releases late captures: less than a webhook's timestamp may be
 * ahead. Milliseconds.
 */
const LEAP_MS = 200_000;

export interface SandboxTimes {
  readonly slowMs: number;
  readonly lostMs: number;
  /** Late captures wait for `releaseLateCaptures`; otherwise they come half a second too late. */
  readonly isGated: boolean;
}

/** Starts a shop that can be killed and restarted, and a payment sandbox in this process. */
export async function openKilledShop({ slowMs, lostMs, isGated }: SandboxTimes) {
  const directory = await mkdtemp(join(tmpdir(), 'boxoffice-checkouts-'));
  // Private by default; when root starts it, Postgres runs as another account that must enter.
  await chmod(directory, 0o755);
  const [secret, webhookSecret, apiKey] = [hex(), hex(), hex()];
  const port = await freePort();
  const clock = openLeapingClock();
  const sandbox = await serveSandbox({
    ...{ port: 0, clock, apiKey, webhookSecret },
    waits: { slowMs, lostMs, lateMs: isGated ? LEAP_MS : 500 },
    journal: join(directory, 'sandbox.jsonl'),
    webhookUrl: `http://127.0.0.1:${port}/v1/payments/webhooks/sandbox`,
  });
  const environment = {
    ...{ DATA_DIR: directory, PORT: String(port), JWT_SECRET: secret, MAIL_PER_MINUTE: '60000' },
    ...{ PAYMENTS_SANDBOX_URL: sandbox.url, PAYMENTS_SANDBOX_API_KEY: apiKey },
    PAYMENTS_SANDBOX_SECRET: webhookSecret,
  };
  const { url } = sandbox;
  const gateway = openRemoteSandboxGateway({ url, apiKey, webhookSecrets: [webhookSecret] });
  let shop = await startProcess(environment);
  return {
    ...{ secret, gateway, url: shop.url, outbox: join(directory, 'outbox') },
    releaseLateCaptures: () => clock.leap(LEAP_MS),
    killAndRestart: async (onKilled: () => void): Promise<void> => {
      await shop.kill();
      onKilled();
      shop = await startProcess(environment);
    },
    checkLedger: async (): Promise<LedgerReport> =>
      JSON.parse((await commandLine(['ledger', 'check', '--json'], environment)).out),
    close: async (): Promise<void> => {
      await shop.stop();
      await gateway.close();
      await sandbox.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

const hex = () => randomBytes(32).toString('hex');
