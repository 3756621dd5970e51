import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';

const START_MS = 120_000;
const POLL_MS = 100;

/** Ends a child in order. */
export async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await ended;
}

/** Collects all that a child prints. */
export function printedBy(child: ChildProcess): () => string {
  let text = '';
  child.stdout!.on('data', (part) => (text += part));
  child.stderr!.on('data', (part) => (text += part));
  return () => text;
}

/** @throws Error with what the child printed when it ends or is not ready in time */
export async function untilReady(
  child: ChildProcess,
  isReady: () => Promise<boolean>,
  name: string,
  printed: () => string,
): Promise<void> {
  for (const until = performance.now() + START_MS; !(await isReady()); await pause(POLL_MS)) {
    if (child.exitCode === null && performance.now() < until) continue;
    await end(child);
    throw new Error(`${name} did not start:\n${printed()}`);
  }
}

/** Gives the messages of a child, one after the other. @throws Error when it ends instead */
export function messagesOf(
  child: ChildProcess,
  name: string,
  printed: () => string = () => '',
): () => Promise<unknown> {
  const failed = once(child, 'exit').then(([code]) => {
    throw new Error(`${name} ended with ${code}:\n${printed()}`);
  });
  failed.catch(() => undefined);
  return async () => ((await Promise.race([once(child, 'message'), failed])) as unknown[])[0];
}
