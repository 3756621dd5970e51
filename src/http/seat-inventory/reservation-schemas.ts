import type { FastifySchema } from 'fastify';
import { MAX_EMAIL_LENGTH } from '../../read-models/ticket/contacts.js';
import { MAX_ID_LENGTH, MAX_NAME_LENGTH } from '../validation/rules.js';

/** Seats of one request that are looked at; the event's own limit, far below, is the inventory's to enforce. */
const MAX_SEATS_NAMED = 1_000;
const MAX_PAYMENT_TOKEN_LENGTH = 255;

export type ReserveBody =
  { seatIds: string[] } | { bestAvailable: { quantity: number; category?: string } };

export interface ConfirmBody {
  /** Needed unless the reservation costs nothing. */
  payment?: { token: string };
  /** Where the tickets are sent; the address in the token, if there is one, unless told. */
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

/** Compiled by Fastify: the two busy routes pay for no class-validator. */
export const reserveSchema = { body: reserveBody } satisfies FastifySchema;
export const confirmSchema = { body: confirmBody } satisfies FastifySchema;
