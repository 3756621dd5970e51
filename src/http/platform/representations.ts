import type { FastifyRequest } from 'fastify';
import Negotiator from 'negotiator';
import { requestOrigin } from './request-headers.js';

export const JSON_LD = 'application/ld+json';
export const CALENDAR = 'text/calendar';
const OFFERED = ['application/json', JSON_LD, CALENDAR] as const;

/** The representation of an event that is liked best; JSON for whoever likes none, or has not said. */
export function representationFor({ headers }: FastifyRequest): (typeof OFFERED)[number] {
  const liked = new Negotiator({ headers: { accept: headers.accept } }).mediaType([...OFFERED]);
  return OFFERED.find((type) => type === liked) ?? OFFERED[0];
}

/** Where whoever asked has reached this: what is passed on has to lead back here from anywhere. */
export const originOf = (request: FastifyRequest, publicUrl: string | undefined): string =>
  publicUrl?.replace(/\/+$/, '') ?? requestOrigin(request);

/** The booking page of an event. */
export const bookingPage = (origin: string, eventId: string): string =>
  `${origin}/?event=${encodeURIComponent(eventId)}`;
