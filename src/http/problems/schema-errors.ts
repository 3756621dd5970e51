import type { FastifyRequest } from 'fastify';
import { pointerPart, REQUIRED, type FieldError } from '../validation/validate.js';

/** An error of Fastify's compiled schemas (ajv). */
export interface SchemaError {
  readonly instancePath: string;
  readonly keyword?: string;
  readonly message?: string;
  readonly params?: Readonly<Record<string, unknown>>;
}

interface BodySchema {
  readonly description: string;
  readonly properties: Readonly<Record<string, unknown>>;
}

/**
 * Returns the errors of a compiled schema in the form of `validation-failed`.
 * @param part body, querystring …
 */
export function schemaErrors(
  errors: readonly SchemaError[],
  part: string,
  { body, routeOptions: { schema } }: FastifyRequest,
): FieldError[] {
  // Errors against each of several allowed shapes would only confuse.
  if (errors.some(({ keyword }) => keyword === 'oneOf'))
    return [shapeError(body, (schema?.body ?? {}) as Partial<BodySchema>)];
  return errors.map((error) => fieldError(error, part === 'body' ? '' : part));
}

/** Returns the error of a body that matches none of the shapes in the schema. */
function shapeError(
  body: unknown,
  { properties = {}, description = '' }: Partial<BodySchema>,
): FieldError {
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    return { path: '', message: 'must be an object' };
  const unknown = Object.keys(body).find((name) => !Object.hasOwn(properties, name));
  if (unknown === undefined) return { path: '', message: description };
  return { path: `/${pointerPart(unknown)}`, message: `is not known: ${description}` };
}

function fieldError(error: SchemaError, prefix: string): FieldError {
  const { instancePath, keyword, message = 'is not valid', params = {} } = error;
  const path = `${prefix}${instancePath}`;
  const { missingProperty: missing, additionalProperty: unknown } = params;
  if (keyword === 'required' && typeof missing === 'string')
    return { path: `${path}/${pointerPart(missing)}`, message: REQUIRED };
  if (typeof unknown === 'string')
    return { path: `${path}/${pointerPart(unknown)}`, message: 'is not known' };
  if (keyword === 'format' && params.format === 'email')
    return { path, message: 'must be a mail address, such as alice@example.org' };
  return { path, message: withArticle(message) };
}

/** Turns `must be integer` into `must be an integer`. */
const withArticle = (message: string): string =>
  message
    .replace(/^must be (?=[aeiou])/, 'must be an ')
    .replace(/^must be (?=string)/, 'must be a ');
