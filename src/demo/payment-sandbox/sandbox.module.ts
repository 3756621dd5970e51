import { randomBytes } from 'node:crypto';
import { copyFile, mkdir, mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Global, Module, type DynamicModule } from '@nestjs/common';
import type { Config } from '../../config/config.js';
import { CONFIG } from '../../config/token.js';
import type { PaymentGateway } from '../../ports/payment/payment-gateway.js';
import { provide, type FactoryProvider } from '../../ports/shared/provide.js';
import { token } from '../../ports/shared/token.js';
import { CLOCK, LOG, PAYMENT_PROVIDER, SERVICE_ADDRESS } from '../../ports/shared/tokens.js';
import type { Clock } from '../../ports/system/clock.js';
import type { Log } from '../../ports/system/log.js';
import type { ServiceAddress } from '../../ports/system/service-address.js';
import { openRemoteSandboxGateway, openSandboxGateway } from './sandbox-gateway.js';
import type { SandboxWaits } from './sandbox-tokens.js';

/** Journal in the data directory, of the sandbox in this process. */
const JOURNAL = 'payments-sandbox.jsonl';

interface JournalPlace {
  readonly path: string;
  leave(): Promise<void>;
}

const JOURNAL_PLACE = token<JournalPlace>('SandboxJournal');

/**
 * The payment sandbox, with `PAYMENTS=sandbox`: in this process, or the one that
 * `PAYMENTS_SANDBOX_URL` names. Global, because `src/app` chooses the provider for the modules that
 * pay.
 */
@Global()
@Module({})
export class SandboxModule {
  /** @param waits of a sandbox in this process */
  static with(waits?: Partial<SandboxWaits>): DynamicModule {
    return sandbox(waits, {
      useFactory: async ({ dataDir, paymentsSandboxUrl }) => {
        if (paymentsSandboxUrl === undefined) await mkdir(dataDir, { recursive: true });
        return { path: join(dataDir, JOURNAL), leave: () => Promise.resolve() };
      },
    });
  }

  /**
   * For a process that only reads. A sandbox inside a running Boxoffice locks its journal, so this
   * one reads a copy of what is written so far.
   */
  static reading(): DynamicModule {
    return sandbox(undefined, { useFactory: copyJournal });
  }
}

function sandbox(
  waits: Partial<SandboxWaits> | undefined,
  { useFactory }: { useFactory: (config: Config) => Promise<JournalPlace> },
): DynamicModule {
  const providers: FactoryProvider[] = [
    provide(JOURNAL_PLACE, {
      inject: [CONFIG],
      useFactory,
      onApplicationShutdown: (place) => place.leave(),
    }),
    provide(PAYMENT_PROVIDER, {
      inject: [CONFIG, JOURNAL_PLACE, CLOCK, LOG, SERVICE_ADDRESS],
      useFactory: (config, { path }, clock, log, address) =>
        config.paymentsSandboxUrl === undefined
          ? openInProcess(config, path, { clock, log, address, waits })
          : openRemoteSandboxGateway({
              url: config.paymentsSandboxUrl,
              apiKey: config.paymentsSandboxApiKey!,
              webhookSecrets: [config.paymentsSandboxSecret!],
            }),
      onApplicationShutdown: (gateway) => gateway.close(),
    }),
  ];
  return { module: SandboxModule, providers, exports: [PAYMENT_PROVIDER] };
}

interface InProcessParts {
  readonly clock: Clock;
  readonly log: Log;
  readonly address: ServiceAddress;
  readonly waits: Partial<SandboxWaits> | undefined;
}

/** @throws Error when the journal cannot be read, or another process writes it */
async function openInProcess(
  { paymentsSandboxSecret: secret }: Config,
  journal: string,
  { clock, log, address, waits }: InProcessParts,
): Promise<PaymentGateway> {
  const gateway = await openSandboxGateway({
    clock,
    webhookSecrets: [secret ?? randomBytes(32).toString('hex')],
    journal,
    waits,
    warn: log.warn,
  });
  address.onServing((url) => gateway.sendNoticesTo(`${url}/v1/payments/webhooks/sandbox`));
  return gateway;
}

async function copyJournal({ dataDir, paymentsSandboxUrl }: Config): Promise<JournalPlace> {
  if (paymentsSandboxUrl !== undefined) return { path: '', leave: () => Promise.resolve() };
  const directory = await mkdtemp(join(tmpdir(), 'boxoffice-books-'));
  const [from, path] = [dataDir, directory].map((folder) => join(folder, JOURNAL)) as [
    string,
    string,
  ];
  const exists = await stat(from).then(
    () => true,
    () => false,
  );
  if (exists) await copyFile(from, path);
  return { path, leave: () => rm(directory, { recursive: true, force: true }) };
}
