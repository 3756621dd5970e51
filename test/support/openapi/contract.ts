import type { OpenAPIObject } from '@nestjs/swagger';

type Json = null | boolean | number | string | Json[] | { [name: string]: Json };
type JsonObject = { [name: string]: Json };

/** Not resolved in place: almost every response refers to it. */
const PROBLEM = '#/components/schemas/Problem';

/** Keywords whose text may change without changing the contract. */
const TEXTS: ReadonlySet<string> = new Set(['description', 'summary', 'title', 'example']);
/** Lists whose order means nothing. */
const UNORDERED: ReadonlySet<string> = new Set(['required', 'enum']);
/** Members whose names are given by the API: a field named `description` is not a keyword. */
const MAPS_OF_NAMES: ReadonlySet<string> = new Set(['properties', 'headers', 'responses', 'paths']);

/**
 * Returns the part of an OpenAPI document that a client depends on: paths with references resolved
 * and texts removed. Of the examples of a response only the names stay, because they are the
 * problem codes that the operation documents.
 */
export function contractOf(document: OpenAPIObject): JsonObject {
  const root = JSON.parse(JSON.stringify(document)) as JsonObject;
  const schemas = ((root.components as JsonObject).schemas ?? {}) as JsonObject;
  return {
    openapi: root.openapi!,
    security: (root.components as JsonObject).securitySchemes ?? null,
    problem: withoutTexts(schemas.Problem!, schemas),
    paths: withoutTexts(root.paths!, schemas, true),
  };
}

function withoutTexts(value: Json, schemas: JsonObject, isMapOfNames = false): Json {
  if (Array.isArray(value)) return value.map((item) => withoutTexts(item, schemas));
  if (typeof value !== 'object' || value === null) return value;
  if (value.$ref === PROBLEM) return value;
  if (typeof value.$ref === 'string') {
    return withoutTexts(schemas[value.$ref.split('/').at(-1)!]!, schemas);
  }
  const members = Object.entries(value)
    .filter(([name]) => isMapOfNames || !TEXTS.has(name))
    .map(([name, member]): [string, Json] => {
      if (isMapOfNames) return [name, withoutTexts(member, schemas)];
      if (name === 'examples') return [name, Object.keys(member as JsonObject).sort()];
      if (UNORDERED.has(name) && Array.isArray(member)) return [name, [...member].sort()];
      return [name, withoutTexts(member, schemas, MAPS_OF_NAMES.has(name))];
    });
  const sorted = members.sort(([one], [other]) => (one < other ? -1 : 1));
  return withoutCombinations(Object.fromEntries(sorted));
}

/**
 * Writes `allOf: [A]` as `A`, and `anyOf: [A, null]` as `A` with the type `null` beside its own.
 */
function withoutCombinations({ allOf, anyOf, ...rest }: JsonObject): JsonObject {
  if (Array.isArray(allOf) && allOf.length === 1) return { ...(allOf[0] as JsonObject), ...rest };
  if (Array.isArray(anyOf) && anyOf.length === 2 && (anyOf[1] as JsonObject).type === 'null') {
    const schema = anyOf[0] as JsonObject;
    return { ...schema, ...rest, type: [schema.type!, 'null'] };
  }
  return { ...rest, ...(allOf !== undefined && { allOf }), ...(anyOf !== undefined && { anyOf }) };
}
