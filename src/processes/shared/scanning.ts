import type { CommandContext } from '../../commands/shared/context.js';
import type { Clock } from '../../ports/system/clock.js';
import type { Randomness } from '../../ports/system/randomness.js';

/** Between two scans. Milliseconds. */
const SCAN_MS = 1_000;

/** What every process needs that looks again and again for something to do. */
export interface ScanningParts {
  /** Runs the work unless another node is at it. */
  inTurn(work: () => Promise<void>): Promise<boolean>;
  clock: Clock;
  randomness: Randomness;
  /** Between two scans; a second unless told. Milliseconds. */
  scanMs?: number;
  log(message: string): void;
}

export interface Scanning {
  /** Resolves when the scan under way has ended. */
  stop(): Promise<void>;
}

/**
 * Scans again and again, on one node at a time, until it is stopped. A scan that fails is told and tried again.
 * @param failed how the log begins to tell of a scan that failed
 */
export function startScanning(
  { inTurn, clock, log, scanMs = SCAN_MS }: ScanningParts,
  failed: string,
  scan: (stopping: AbortSignal) => Promise<void>,
): Scanning {
  const stopping = new AbortController();
  const { signal } = stopping;
  const run = async () => {
    while (!signal.aborted) {
      await inTurn(() => scan(signal)).catch((error: Error) =>
        log(`${failed}, trying again: ${error.message}`),
      );
      await clock.sleep(scanMs, signal);
    }
  };
  const running = run();
  return {
    stop: async () => {
      stopping.abort();
      await running;
    },
  };
}

/** Works on some of them at once, in their order, until told to stop. */
export async function workThrough<T>(
  items: readonly T[],
  atOnce: number,
  stopping: AbortSignal,
  work: (item: T) => Promise<unknown>,
): Promise<void> {
  const next = items.values();
  const worker = async () => {
    for (const item of next) {
      if (stopping.aborted) return;
      await work(item);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}

/** Of a command that nobody asked for but the process of this name. */
export function contextOfProcess(name: string, randomness: Randomness): CommandContext {
  const commandId = randomness.uuid();
  return {
    commandId,
    correlationId: commandId,
    causationId: commandId,
    actor: { id: name, role: 'system' },
  };
}
