import { processIdentity } from './processes.js';
import type { Server } from './server.js';

/** How often the server's process is checked. Milliseconds. */
const LOOK_MS = 200;
/**
 * Restarts within the window; after one more death supervision gives up. Each death fails every
 * sale in progress.
 */
export const MAX_RESTARTS = 5;
const WINDOW_MS = 10 * 60_000;

export interface Supervision {
  /** The server that is running now. */
  readonly server: Server;
  /** Resolves when no restart is in progress and none will begin. */
  end(): Promise<void>;
}

export interface SupervisionOptions {
  readonly server: Server;
  /**
   * Restarts the server on the same port, so that clients can reconnect.
   * @throws Error when it does not start
   */
  readonly restart: () => Promise<Server>;
  readonly log: (message: string) => void;
  /** Called once, with the reason, when supervision has given up. */
  readonly onLost: (reason: string) => void;
}

/** Restarts the server when it has died unexpectedly. */
export function supervise({ server, restart, log, onLost }: SupervisionOptions): Supervision {
  let current = server;
  let isEnding = false;
  let wake = () => {};
  const restarts: number[] = [];

  const died = async (identity: string | undefined): Promise<boolean> => {
    const now = await processIdentity(current.pid);
    return now === undefined || now !== identity;
  };

  const revive = async (): Promise<boolean> => {
    const now = performance.now();
    while (restarts.length > 0 && restarts[0]! < now - WINDOW_MS) restarts.shift();
    if (restarts.length === MAX_RESTARTS) {
      onLost(
        `the embedded Postgres died ${MAX_RESTARTS + 1} times within ${WINDOW_MS / 60_000} minutes`,
      );
      return false;
    }
    restarts.push(now);
    log(
      `The embedded Postgres (process ${current.pid}) died: ` +
        `starting it again on port ${current.port}.`,
    );
    try {
      current = await restart();
      log(`The embedded Postgres runs again (process ${current.pid}).`);
      return true;
    } catch (error) {
      onLost(`the embedded Postgres died and cannot be started again: ${(error as Error).message}`);
      return false;
    }
  };

  const watch = async () => {
    let identity = await processIdentity(current.pid);
    for (;;) {
      await new Promise<void>((resolve) => {
        wake = resolve;
        setTimeout(resolve, LOOK_MS).unref();
      });
      if (isEnding) return;
      if (!(await died(identity))) continue;
      if (isEnding || !(await revive())) return;
      identity = await processIdentity(current.pid);
    }
  };
  const watching = watch();

  return {
    get server() {
      return current;
    },
    end: async () => {
      isEnding = true;
      wake();
      await watching;
    },
  };
}
