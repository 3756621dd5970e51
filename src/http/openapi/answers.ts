import { applyDecorators, type Type } from '@nestjs/common';
import { ApiExtraModels, ApiResponse, getSchemaPath } from '@nestjs/swagger';

interface AnswerOptions {
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
  body?: Type | string,
  { headers = {}, mediaType = 'application/json', also = {} }: AnswerOptions = {},
): MethodDecorator {
  const models = typeof body === 'function' ? [body] : [];
  const content = body !== undefined && {
    content: { [mediaType]: contentOf(body), ...representationsOf(also) },
  };
  return applyDecorators(
    ...models.map((model) => ApiExtraModels(model)),
    ApiResponse({ status, description, headers: headersOf(headers), ...content }),
  );
}

const contentOf = (body: Type | string) =>
  typeof body === 'function'
    ? { schema: { $ref: getSchemaPath(body) } }
    : { schema: { type: 'string' }, example: body };

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
