import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { asOpenApi31 } from './openapi-31.js';
import { addCommonProblems } from './common-problems.js';
import { PROBLEMS } from '../problems/table/problem-table.js';

const DESCRIPTION = `Sells seats, once each, first come, first served.

A command answers with the stream \`revision\` it produced. A query about one event with
\`?atLeast=<revision>\` waits until that revision is visible. Errors are
\`application/problem+json\` with a stable \`code\`: see [/problems](/problems).`;

const problemSchema = {
  type: 'object' as const,
  required: ['type', 'title', 'status', 'code', 'detail', 'instance'],
  properties: {
    type: { type: 'string', example: '/problems#seats-unavailable' },
    title: { type: 'string', example: PROBLEMS['seats-unavailable'].title },
    status: { type: 'integer', example: 409 },
    code: { type: 'string', enum: Object.keys(PROBLEMS) },
    detail: {
      type: 'string',
      description: 'The cause and the next step',
      example: PROBLEMS['seats-unavailable'].detail,
    },
    instance: { type: 'string', example: '/v1/events/7b1c0f52/reservations' },
  },
  additionalProperties: true,
};

export function openApiDocument(app: INestApplication): OpenAPIObject {
  const config = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('Boxoffice')
    .setDescription(DESCRIPTION)
    .setVersion('1')
    .setLicense('MIT', 'https://spdx.org/licenses/MIT.html')
    .addServer('/', 'The server that this document comes from')
    .addBearerAuth()
    .build();
  config.info.contact = { name: 'The operator of this box office' };
  config.components = { ...config.components, schemas: { Problem: problemSchema } };
  const document = SwaggerModule.createDocument(app, config, {
    operationIdFactory: (controller, method) =>
      `${controller.replace(/Controller$/, '')}_${method}`,
  });
  return asOpenApi31(addCommonProblems(document));
}

/**
 * Ends the attribute of the icon and adds the viewport, which Swagger's page lacks: without it a
 * phone shows the page at the width of a desktop. No option of `SwaggerModule` adds to the head.
 */
const ICON_AND_VIEWPORT =
  "<% baseUrl %>favicon-32x32.png' /><meta name='viewport' " +
  "content='width=device-width, initial-scale=1";

/** `/openapi.json`, and its page at `/docs`. */
export function serveOpenApi(app: INestApplication): void {
  let document: OpenAPIObject | undefined;
  SwaggerModule.setup('docs', app, () => (document ??= openApiDocument(app)), {
    jsonDocumentUrl: 'openapi.json',
    raw: ['json'],
    customSiteTitle: 'Boxoffice API',
    customfavIcon: ICON_AND_VIEWPORT,
    swaggerOptions: { validatorUrl: null, tryItOutEnabled: true },
  });
}
