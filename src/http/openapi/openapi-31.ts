import type { OpenAPIObject } from '@nestjs/swagger';

type Node = Record<string, unknown>;

const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null;

/**
 * Nest writes schemas for OpenAPI 3.0. In 3.1 they are JSON Schema 2020-12, where `null` is a type:
 * `nullable` becomes a type beside the others.
 */
export function asOpenApi31(document: OpenAPIObject): OpenAPIObject {
  visit(document);
  return document;
}

function visit(value: unknown): void {
  if (Array.isArray(value)) return value.forEach(visit);
  if (!isNode(value)) return;
  for (const [name, member] of Object.entries(value)) {
    // Examples are data: a member named `nullable` in them is not a keyword.
    if (name !== 'example' && name !== 'examples') visit(member);
  }
  if (value.nullable === undefined) return;
  if (value.nullable === true) allowNull(value);
  delete value.nullable;
}

function allowNull(schema: Node): void {
  if (Array.isArray(schema.enum)) schema.enum = [...(schema.enum as unknown[]), null];
  if (schema.type !== undefined) {
    schema.type = [...new Set([schema.type, 'null'].flat())];
    return;
  }
  const { $ref, allOf, ...rest } = schema;
  const either = $ref ? { $ref } : { allOf };
  for (const name of Object.keys(schema)) delete schema[name];
  Object.assign(schema, rest, { anyOf: [either, { type: 'null' }] });
}
