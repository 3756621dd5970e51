import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import type { OpenAPIObject } from '@nestjs/swagger';
import type { Boxoffice } from '../../src/app/boxoffice.js';
import { openApiDocument } from '../../src/http/openapi/openapi.js';

/** Services of this process, whose answers are compared with the OpenAPI document. */
const services = new Map<string, Boxoffice>();
/** The settings of a service do not change its document. */
let document: Document | undefined;

interface Media {
  readonly schema: object;
}
interface Operation {
  readonly responses: Readonly<
    Record<string, { readonly content?: Readonly<Record<string, Media>> }>
  >;
}
interface Route {
  readonly path: string;
  readonly pattern: RegExp;
  readonly operations: Readonly<Record<string, Operation | undefined>>;
}
interface Document {
  readonly routes: readonly Route[];
  readonly validate: (
    route: Route,
    method: string,
    status: number,
    mediaType: string,
  ) => ValidateFunction;
}

interface Answered {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
}

/** Lets `expectDocumented` compare a service's answers. @returns a function that ends this */
export function documentAnswersOf(boxoffice: Boxoffice): () => void {
  services.set(boxoffice.url, boxoffice);
  return () => services.delete(boxoffice.url);
}

/**
 * Compares an answer with the OpenAPI document. Answers of Node before routing and problems of
 * unknown URLs belong to no operation.
 * @throws Error naming operation, status and mismatch
 */
export function expectDocumented(
  url: string,
  method: string,
  { status, headers, body }: Answered,
): void {
  const { origin, pathname } = new URL(url);
  const service = services.get(origin);
  if (!service) return;
  const { routes, validate } = (document ??= read(openApiDocument(service.app)));
  const route = routes.find(({ pattern }) => pattern.test(pathname));
  const name = method.toLowerCase();
  const operation = route?.operations[name];
  if (!route || !operation) return;
  const wrong = (what: string) => {
    const code = (body as { code?: string } | null)?.code;
    const answer = code === undefined ? String(status) : `${status} ${code}`;
    throw new Error(`${method} ${route.path} answered ${answer}: /openapi.json ${what}`);
  };
  // Any operation may answer with an internal error; tests that provoke one expect it.
  if (status === 500) return;
  const mismatch = mismatchOf(operation.responses[status], headers, body, (mediaType) =>
    validate(route, name, status, mediaType),
  );
  if (mismatch) wrong(mismatch);
}

function mismatchOf(
  documented: Operation['responses'][string] | undefined,
  headers: Headers,
  body: unknown,
  validatorOf: (mediaType: string) => ValidateFunction,
): string | undefined {
  if (!documented) return 'has no such status for it';
  const mediaType = (headers.get('content-type') ?? '').split(';')[0]!;
  if (!documented.content) return body === '' ? undefined : 'says that there is no body';
  if (body === '' && mediaType === '') return 'says that there is a body';
  if (!documented.content[mediaType]) return `has no ${mediaType} for it`;
  if (!/[/+]json$/.test(mediaType)) return undefined;
  const matches = validatorOf(mediaType);
  return matches(body) ? undefined : `differs: ${described(matches.errors ?? [])}`;
}

const described = (errors: readonly ErrorObject[]): string =>
  errors
    .map(
      ({ instancePath, message, params }) =>
        `${instancePath || '/'} ${message} ${JSON.stringify(params)}`,
    )
    .join('; ');

function read(document: OpenAPIObject): Document {
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  formats.default(ajv);
  const closed = closeObjects(JSON.parse(JSON.stringify(document))) as OpenAPIObject;
  ajv.addSchema(closed, 'openapi');
  const compiled = new Map<string, ValidateFunction>();
  const routes = Object.entries(closed.paths).map(([path, operations]): Route => ({
    path,
    pattern: new RegExp(`^${path.replace(/[.]/g, '\\.').replace(/\{\w+\}/g, '[^/]+')}$`),
    operations: operations as unknown as Route['operations'],
  }));
  // A literal part takes precedence over a parameter: `/v1/events/suggest` is not an event.
  routes.sort((a, b) => a.path.split('{').length - b.path.split('{').length);
  const validate: Document['validate'] = ({ path }, method, status, mediaType) => {
    const pointer = [
      'paths',
      path,
      method,
      'responses',
      String(status),
      'content',
      mediaType,
      'schema',
    ]
      .map((part) => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1')))
      .join('/');
    const known = compiled.get(pointer);
    if (known) return known;
    const made = ajv.compile({ $ref: `openapi#/${pointer}` });
    compiled.set(pointer, made);
    return made;
  };
  return { routes, validate };
}

/** Closes objects, so that an undocumented member is a mismatch unless the schema allows any. */
function closeObjects(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(closeObjects);
  if (typeof value !== 'object' || value === null) return value;
  const closed = Object.fromEntries(
    Object.entries(value).map(([name, member]): [string, unknown] => [
      name,
      name === 'example' || name === 'examples' ? undefined : closeObjects(member),
    ]),
  );
  const isOpenObject = 'properties' in closed && [closed.type].flat().includes('object');
  return isOpenObject ? { additionalProperties: false, ...closed } : closed;
}
