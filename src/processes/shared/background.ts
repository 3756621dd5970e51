import type { FactoryProvider, Injected, Key } from '../../ports/shared/provide.js';
import type { Scanning } from './scanning.js';

/**
 * Returns a provider of a background process. It starts when every module is ready, and stops when
 * the application shuts down: after the last request, and before the modules that this one imports.
 */
export function background<const Keys extends readonly Key[]>(
  name: string,
  { inject, start }: { inject: Keys; start: (...injected: Injected<Keys>) => Scanning | undefined },
): FactoryProvider {
  return {
    provide: Symbol(name),
    inject: [...inject],
    useFactory: (...injected: Injected<Keys>) => {
      let running: Scanning | undefined;
      return {
        onApplicationBootstrap: () => {
          running = start(...injected);
        },
        onApplicationShutdown: () => running?.stop(),
      };
    },
  };
}
