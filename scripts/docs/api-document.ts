import 'reflect-metadata';
import type { DynamicModule, Type } from '@nestjs/common';
import { MODULE_METADATA } from '@nestjs/common/constants.js';
import type { OpenAPIObject } from '@nestjs/swagger';
import { Test } from '@nestjs/testing';
import { openApiDocument } from '../../src/http/openapi/openapi.js';
import { httpAdapter } from '../../src/http/platform/server/fastify-options.js';
import { HttpModule } from '../../src/http/platform/http.module.js';

type Module = Type | DynamicModule;

/**
 * Returns the OpenAPI document of all routes without starting the application: every dependency is
 * a stub.
 */
export async function apiDocument(): Promise<OpenAPIObject> {
  const module = await Test.createTestingModule({ controllers: controllersOf(HttpModule) })
    .useMocker(() => ({}))
    .compile();
  return openApiDocument(module.createNestApplication(httpAdapter(), { logger: false }));
}

function controllersOf(module: Module, seen = new Set<Module>()): Type[] {
  if (seen.has(module)) return [];
  seen.add(module);
  const metatype = 'module' in module ? module.module : module;
  const metadata = <T>(key: string) =>
    (Reflect.getMetadata(key, metatype) as T[] | undefined) ?? [];
  const imported = [
    ...metadata<Module>(MODULE_METADATA.IMPORTS),
    ...('module' in module ? ((module.imports ?? []) as Module[]) : []),
  ];
  return [
    ...metadata<Type>(MODULE_METADATA.CONTROLLERS),
    ...('module' in module ? (module.controllers ?? []) : []),
    ...imported.flatMap((one) => controllersOf(one, seen)),
  ];
}
