import 'reflect-metadata';
import { Injectable, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Inject } from '../../src/commands/shared/inject.js';
import { provide } from '../../src/ports/shared/provide.js';
import { token } from '../../src/ports/shared/token.js';

const NAME = token<string>('Name');
const SIZE = token<number>('Size');
const SEAT = token<{ readonly id: string } | null>('Seat');
const CLOSABLE = token<{ close(): Promise<void> }>('Closable');

/** Each `@ts-expect-error` fails the type check if the mistake compiles. */
describe('typed tokens', () => {
  it('do not compile with a factory that returns another type', () => {
    provide(NAME, { inject: [], useFactory: () => 'A' });
    provide(NAME, { inject: [], useFactory: async () => 'A' });
    // @ts-expect-error a number is no name
    provide(NAME, { inject: [], useFactory: () => 1 });
    provide(SEAT, { inject: [], useFactory: () => null });
    // @ts-expect-error undefined is no seat
    provide(SEAT, { inject: [], useFactory: () => undefined });
  });

  it('do not compile with a factory that takes another type', () => {
    provide(NAME, { inject: [SIZE], useFactory: (size) => size.toFixed() });
    // @ts-expect-error the token stands for a number
    provide(NAME, { inject: [SIZE], useFactory: (size: string) => size });
    // @ts-expect-error nothing is injected
    provide(NAME, { inject: [], useFactory: (size: number) => size.toFixed() });
    // @ts-expect-error the order differs
    provide(NAME, { inject: [SIZE, NAME], useFactory: (a: string, b: number) => a + b });
  });

  it('do not compile with a constructor parameter of another type', async () => {
    @Injectable()
    class Good {
      constructor(
        @Inject(NAME) readonly name: string,
        @Inject(SEAT) readonly seat: { readonly id: string } | null,
      ) {}
    }
    class Bad {
      constructor(
        // @ts-expect-error the token stands for a number
        @Inject(SIZE) readonly name: string,
        // @ts-expect-error the seat may be null
        @Inject(SEAT) readonly seat: { readonly id: string },
      ) {}
    }
    @Module({
      providers: [
        provide(NAME, { inject: [], useFactory: () => 'A' }),
        provide(SEAT, { inject: [], useFactory: () => ({ id: 'A-1' }) }),
        Good,
      ],
    })
    class SeatModule {}
    const context = await NestFactory.createApplicationContext(SeatModule, { logger: false });
    expect(context.get(Good)).toEqual({ name: 'A', seat: { id: 'A-1' } });
    expect(Bad).toBeDefined();
    await context.close();
  });

  it('close what a factory opened, and name it when closing fails', async () => {
    let closed = 0;
    const errors: unknown[] = [];
    @Module({
      providers: [
        provide(CLOSABLE, {
          inject: [],
          useFactory: () => ({ close: () => Promise.reject(new Error('gone')) }),
          onApplicationShutdown: (closable) => closable.close(),
        }),
        provide(SEAT, {
          inject: [],
          useFactory: () => ({ id: 'A-1' }),
          onApplicationShutdown: () => closed++,
        }),
      ],
    })
    class ClosingModule {}
    const context = await NestFactory.createApplicationContext(ClosingModule, {
      logger: { log: () => {}, warn: () => {}, error: (error: unknown) => errors.push(error) },
    });
    expect({ ...context.get<object>(SEAT) }).toEqual({ id: 'A-1' });
    await context.close();
    expect(closed).toBe(1);
    expect(String(errors[0])).toBe('Error: while closing Closable: gone');
  });
});
