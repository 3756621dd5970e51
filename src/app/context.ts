import 'reflect-metadata';
import { Module, type DynamicModule, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { SystemModule } from '../adapters/system/system.module.js';
import type { Token } from '../ports/shared/token.js';
import { rememberInstances } from './created-instances.js';
import { SettingsModule, type Settings } from './settings.module.js';

@Module({ imports: [SystemModule] })
class ContextModule {}

export interface Context {
  get<T>(token: Token<T>): T;
  close(): Promise<void>;
}

/**
 * Opens modules without HTTP, for a command of an operator.
 * @throws Error when one of them cannot be opened; then everything is closed again
 */
export async function openContext(
  settings: Settings,
  ...modules: (Type | DynamicModule)[]
): Promise<Context> {
  const instances = rememberInstances((message) => settings.log.error(message));
  const root = { module: ContextModule, imports: [SettingsModule.with(settings), ...modules] };
  const options = { ...instances.options, logger: false, abortOnError: false } as const;
  const context = await NestFactory.createApplicationContext(root, options).catch(
    async (error: unknown) => {
      await instances.close();
      throw error;
    },
  );
  return {
    get: <T>(token: Token<T>) => context.get<T>(token),
    close: () => context.close(),
  };
}
