import type { CommandContext } from '../../commands/shared/context.js';
import type { Clock } from '../../ports/system/clock.js';
import type { Randomness } from '../../ports/system/randomness.js';

/** Default pause between two scans. Milliseconds. */
const SCAN_MS = 1_000;

/** Parts of every process that scans for work. */
export interface ScanningParts {
  /** Runs the work unless another node is running it. */
  withLock(work: () => Promise<void>): Promise<boolean>;
  clock: Clock;
  randomness: Randomness;
  /** Pause between two scans, in milliseconds. Missing: one second. */
  scanMs?: number;
  warn(message: string): void;
}

export interface Scanning {
  /** Resolves when the scan in progress has ended. */
  stop(): Promise<void>;
}

/**
 * Scans repeatedly, on one node at a time, until it is stopped. A failed scan is logged and
 * repeated.
 * @param failed start of the log line about a failed scan
 */
export function startScanning(
  { withLock, clock, warn, scanMs = SCAN_MS }: ScanningParts,
  failed: string,
  scan: (stopping: AbortSignal) => Promise<void>,
): Scanning {
  const stopping = new AbortController();
  const { signal } = stopping;
  const run = async () => {
    while (!signal.aborted) {
      await withLock(() => scan(signal)).catch((error: Error) =>
        warn(`${failed}, trying again: ${error.message}`),
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

/** Processes several entries at the same time, in order, until the signal aborts. */
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

/** Builds the context of a command by the process of this name. */
export function contextOfProcess(name: string, randomness: Randomness): CommandContext {
  const commandId = randomness.uuid();
  return {
    commandId,
    correlationId: commandId,
    causationId: commandId,
    actor: { id: name, role: 'system' },
  };
}
