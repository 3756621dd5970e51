import type { TestApp } from '../app.js';

// The shape of an OpenAPI document is not known to the tests.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Json = any;

export interface Operation {
  readonly method: string;
  readonly path: string;
  readonly operation: Json;
}

export const operationsOf = (document: Json): Operation[] =>
  Object.entries<Json>(document.paths).flatMap(([path, methods]) =>
    Object.entries<Json>(methods).map(([method, operation]) => ({ method, path, operation })),
  );

export const nameOf = ({ method, path }: Pick<Operation, 'method' | 'path'>): string =>
  `${method.toUpperCase()} ${path}`;

/** Returns a value that consists of the examples of a schema's members. */
export function exampleOf(document: Json, schema: Json): Json {
  if (schema.$ref)
    return exampleOf(document, document.components.schemas[schema.$ref.split('/').at(-1)]);
  const [combined] = schema.allOf ?? schema.anyOf ?? [];
  if (combined) return exampleOf(document, combined);
  if (schema.example !== undefined) return schema.example;
  if (schema.type === 'array') return [exampleOf(document, schema.items)];
  return Object.fromEntries(
    Object.entries<Json>(schema.properties).map(([name, member]) => [
      name,
      exampleOf(document, member),
    ]),
  );
}

/** Calls of documented operations, whose answers are compared with the document. */
export interface DocumentedCalls {
  readonly app: TestApp;
  /** Operations that were called, such as `GET /v1/events`. */
  readonly checked: readonly string[];
  /** JSON body of an operation, as documented. */
  body(method: string, path: string): Json;
  /** Example of that body. */
  example(method: string, path: string): Json;
  /** Expects the status, and a documented answer; returns the body. */
  check(
    method: string,
    path: string,
    status: number,
    request: ReturnType<TestApp['ask']>,
  ): Promise<Json>;
}

export function openDocumentedCalls(app: TestApp, document: Json): DocumentedCalls {
  const checked: string[] = [];
  const body = (method: string, path: string) =>
    document.paths[path][method].requestBody.content['application/json'];
  return {
    app,
    checked,
    body,
    example: (method, path) => exampleOf(document, body(method, path).schema),
    check: async (method, path, status, request) => {
      // `ask` compares every answer with the document.
      const answer = await request;
      expect(answer).toMatchObject({ status });
      const { content } = document.paths[path][method].responses[status];
      expect(content['application/json']).toBeDefined();
      checked.push(nameOf({ method, path }));
      return answer.body;
    },
  };
}
