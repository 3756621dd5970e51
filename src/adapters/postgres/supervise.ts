import { processIdentity } from './processes.js';
import type { Server } from './server.js';

/** How often the server's process is looked at. Milliseconds. */
const LOOK_MS = 200;
/** Restarts within the window; one more death is the end. A server that dies this often loses every sale under way. */
export const MAX_RESTARTS = 5;
const WINDOW_MS = 10 * 60_000;

export interface Supervision {
  /** The server that runs now. */
  readonly server: Server;
  /** Resolves when no restart is under way any more, and none will begin. */
  end(): Promise<void>;
}

export interface SupervisionOptions {
  readonly server: Server;
  /** Starts it again on the same port, so that connections can be opened again. @throws Error when it does not come up */
  readonly restart: () => Promise<Server>;
  readonly log: (message: string) => void;
  /** Called once, with the reason, when there is no database any more. */
  readonly onLost: (reason: string) => void;
}

/** Starts the server again when it has died without being told to. */
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
      onLost(`the embedded Postgres died ${MAX_RESTARTS + 1} times within ${WINDOW_MS / 60_000} minutes`);
      return false;
    }
    restarts.push(now);
    log(`The embedded Postgres (process ${current.pid}) died: starting it again on port ${current.port}.`);
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
