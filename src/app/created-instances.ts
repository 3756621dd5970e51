import type { NestApplicationOptions } from '@nestjs/common';
import { factoriesEnded } from '../ports/shared/provide.js';

export interface CreatedInstances {
  /** Pass them to Nest when it creates the application. */
  readonly options: Pick<NestApplicationOptions, 'instrument'>;
  /** Closes what was created, newest first. */
  close(): Promise<void>;
}

interface Closable {
  onApplicationShutdown?(): unknown;
}

/**
 * Remembers what Nest creates. Nest returns no application if a factory fails, so nobody could
 * close what the other factories have opened: connections, the embedded Postgres.
 */
export function rememberInstances(error: (message: string) => void): CreatedInstances {
  const created = new Set<Closable>();
  return {
    options: {
      instrument: {
        instanceDecorator: (instance: unknown) => {
          if (typeof instance === 'object' && instance !== null) created.add(instance);
          return instance;
        },
      },
    },
    close: async () => {
      await factoriesEnded();
      for (const instance of [...created].reverse()) {
        try {
          await instance.onApplicationShutdown?.();
        } catch (reason) {
          error((reason as Error).message);
        }
      }
    },
  };
}
