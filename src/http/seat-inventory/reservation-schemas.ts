import type { FastifySchema } from 'fastify';
import { MAX_EMAIL_LENGTH } from '../../read-models/ticket/contacts.js';
import { MAX_ID_LENGTH, MAX_NAME_LENGTH } from '../validation/rules.js';

/**
 * Maximum of seats in a request. The event's own limit is far lower and is enforced by the
 * inventory.
 */
const MAX_SEATS_NAMED = 1_000;
const MAX_PAYMENT_TOKEN_LENGTH = 255;

export type ReserveBody =
  { seatIds: string[] } | { bestAvailable: { quantity: number; category?: string } };

export interface ConfirmBody {
  /** Needed unless the reservation costs nothing. */
  payment?: { token: string };
  /** Where the tickets are sent. Default: the address in the token, if it has one. */
  email?: string;
}

const reserveBody = {
  type: 'object',
  description: 'name either seatIds or bestAvailable, and nothing else',
  additionalProperties: false,
  oneOf: [{ required: ['seatIds'] }, { required: ['bestAvailable'] }],
  properties: {
    seatIds: {
      type: 'array',
      maxItems: MAX_SEATS_NAMED,
      items: { type: 'string', minLength: 1, maxLength: MAX_ID_LENGTH },
    },
    bestAvailable: {
      type: 'object',
      additionalProperties: false,
      required: ['quantity'],
      properties: {
        quantity: { type: 'integer', minimum: 0, maximum: MAX_SEATS_NAMED },
        category: { type: 'string', minLength: 1, maxLength: MAX_NAME_LENGTH },
      },
    },
  },
} as const;

const confirmBody = {
  type: 'object',
  additionalProperties: false,
  properties: {
    email: { type: 'string', format: 'email', maxLength: MAX_EMAIL_LENGTH },
    payment: {
      type: 'object',
      description: 'Needed unless the reservation costs nothing',
      additionalProperties: false,
      required: ['token'],
      properties: {
        token: { type: 'string', pattern: '^[!-~]+$', maxLength: MAX_PAYMENT_TOKEN_LENGTH },
      },
    },
  },
} as const;

/** Compiled by Fastify, because class-validator is too slow for the two hot routes. */
export const reserveSchema = { body: reserveBody } satisfies FastifySchema;
export const confirmSchema = { body: confirmBody } satisfies FastifySchema;
