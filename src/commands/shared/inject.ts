import { Inject as NestInject } from '@nestjs/common';
import type { Token } from '../../ports/shared/token.js';

interface WrongType<Injected> {
  readonly tokenStandsFor: Injected;
}

/**
 * Nest's `@Inject`, typed: it compiles only if the constructor's parameter takes what the token
 * stands for. TypeScript gives a decorator of a parameter the class and the index of the parameter.
 */
export function Inject<T>(token: Token<T>) {
  return <Class extends abstract new (...args: never[]) => unknown, Index extends number>(
    target: Class & ([T] extends [ConstructorParameters<Class>[Index]] ? unknown : WrongType<T>),
    key: undefined,
    index: Index,
  ): void => NestInject(token)(target, key, index);
}
