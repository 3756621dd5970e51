import { ApiResponse } from '@nestjs/swagger';
import { schemaOf } from '../openapi/example-schema.js';
import { calendarExample, examples, jsonLdExample } from '../openapi/examples.js';
import { CALENDAR, JSON_LD } from '../platform/representations.js';

/** What an organiser may leave out. */
export const NULLABLE = ['category', 'description', 'onSaleAt', 'rescheduledFrom'];
/** Told where it is true. */
export const LEFT_OUT = ['byRequest', 'requireContactToHold', 'autoWaitingRoom'];

/** One event, in the representation that `Accept` asks for. */
export const AnswersEvent = (): MethodDecorator =>
  ApiResponse({
    status: 200,
    description: 'The event; as schema.org or iCalendar has it when `Accept` prefers that',
    headers: { Vary: { description: '`accept`', schema: { type: 'string' } } },
    content: {
      'application/json': {
        schema: schemaOf(examples.event, { nullable: NULLABLE, optional: LEFT_OUT }),
        example: examples.event,
      },
      [JSON_LD]: { schema: { type: 'object' }, example: jsonLdExample },
      [CALENDAR]: { schema: { type: 'string' }, example: calendarExample },
    },
  });
