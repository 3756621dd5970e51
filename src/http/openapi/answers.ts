import { applyDecorators, type Type } from '@nestjs/common';
import { ApiExtraModels, ApiResponse, getSchemaPath } from '@nestjs/swagger';
import { schemaOf, type ShapeHints } from './example-schema.js';

interface AnswerOptions extends ShapeHints {
  /** Headers of the answer and their descriptions. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly mediaType?: string;
  /** Other representations of the same answer: a media type and an example, a text or an object. */
  readonly also?: Readonly<Record<string, string | object>>;
}

/**
 * Documents an answer of a route. `body` is the class of a JSON body (see `fields.ts`), an example
 * of a text, or undefined for an answer without a body.
 */
export function Answers(
  status: number,
  description: string,
  body?: unknown,
  { headers = {}, mediaType = 'application/json', also = {}, ...hints }: AnswerOptions = {},
): MethodDecorator {
  const models = isClass(body) ? [body] : [];
  const content = body !== undefined && {
    content: { [mediaType]: contentOf(body, hints), ...representationsOf(also) },
  };
  return applyDecorators(
    ...models.map((model) => ApiExtraModels(model)),
    ApiResponse({ status, description, headers: headersOf(headers), ...content }),
  );
}

const isClass = (body: unknown): body is Type => typeof body === 'function';

const contentOf = (body: unknown, hints: ShapeHints) =>
  isClass(body)
    ? { schema: { $ref: getSchemaPath(body) } }
    : { schema: schemaOf(body, hints), example: body };

const headersOf = (headers: Readonly<Record<string, string>>) =>
  Object.fromEntries(
    Object.entries(headers).map(([name, description]) => [
      name,
      { description, schema: { type: 'string' } as const },
    ]),
  );

const representationsOf = (examples: Readonly<Record<string, string | object>>) =>
  Object.fromEntries(
    Object.entries(examples).map(([mediaType, example]) => [
      mediaType,
      { schema: { type: typeof example }, example },
    ]),
  );
