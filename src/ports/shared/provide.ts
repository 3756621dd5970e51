import type { Token } from './token.js';

/** A class that Nest injects by itself, for example `CommandBus`. */
type Injectable = abstract new (...args: never[]) => unknown;

export type Key = Token<unknown> | Injectable;

/** The objects that stand behind a list of tokens and classes. */
export type Injected<Keys extends readonly Key[]> = {
  [Index in keyof Keys]: Keys[Index] extends Token<infer T>
    ? T
    : Keys[Index] extends abstract new (...args: never[]) => infer Instance
      ? Instance
      : never;
};

/** A factory provider of Nest. */
export interface FactoryProvider {
  readonly provide: symbol;
  readonly inject: (symbol | Injectable)[];
  // Nest calls it with the objects of `inject`, whose types differ from provider to provider.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  readonly useFactory: (...injected: any[]) => unknown;
}

interface Parts<T, Keys extends readonly Key[]> {
  readonly inject: Keys;
  readonly useFactory: (...injected: Injected<Keys>) => T | Promise<T>;
  /** Closes the object. Nest calls it in the lifecycle hook of the same name. */
  readonly onApplicationShutdown?: (instance: NonNullable<T>) => unknown;
}

/** Factories that have not returned yet. */
const running = new Set<Promise<unknown>>();

/**
 * Resolves when no factory is running, nor one that waited for it. If one factory fails, Nest does
 * not wait for the others: closing what was opened waits here first.
 */
export async function factoriesEnded(): Promise<void> {
  while (running.size > 0) {
    await Promise.allSettled(running);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/**
 * Returns a factory provider. It compiles only if the factory takes what the listed tokens stand
 * for and returns what `provided` stands for.
 */
export function provide<T, const Keys extends readonly Key[]>(
  provided: Token<T>,
  { inject, useFactory, onApplicationShutdown }: Parts<NoInfer<T>, Keys>,
): FactoryProvider {
  const open = async (...injected: Injected<Keys>): Promise<T> => {
    const instance = await useFactory(...injected);
    if (onApplicationShutdown && instance !== null && instance !== undefined)
      closeAtShutdown(instance, provided, onApplicationShutdown);
    return instance;
  };
  const track = (...injected: Injected<Keys>): Promise<T> => {
    const opening = open(...injected);
    running.add(opening);
    const ended = () => void running.delete(opening);
    opening.then(ended, ended);
    return opening;
  };
  return { provide: provided, inject: [...inject], useFactory: track };
}

/** Returns a provider that gives the object behind another token a second, wider one. */
export const alias = <T>(provided: Token<T>, existing: Token<NoInfer<T>>) => ({
  provide: provided,
  useExisting: existing as symbol,
});

/**
 * Nest looks for hooks on the object itself. The hook is hidden, so that copies of the object do
 * not carry it.
 */
function closeAtShutdown<T extends object>(
  instance: T,
  { description }: symbol,
  close: (instance: T) => unknown,
): void {
  Object.defineProperty(instance, 'onApplicationShutdown', {
    configurable: true,
    value: async () => {
      try {
        await close(instance);
      } catch (error) {
        throw new Error(`while closing ${description}: ${(error as Error).message}`, {
          cause: error,
        });
      }
    },
  });
}
