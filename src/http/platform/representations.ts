import type { FastifyRequest } from 'fastify';
import Negotiator from 'negotiator';
import { requestOrigin } from './server/request-headers.js';

export const JSON_LD = 'application/ld+json';
export const CALENDAR = 'text/calendar';
const OFFERED = ['application/json', JSON_LD, CALENDAR] as const;
export type EventMediaType = (typeof OFFERED)[number];

/** Returns the media type of an event that `Accept` prefers; JSON if it prefers none of them. */
export function representationFor({ headers }: FastifyRequest): EventMediaType {
  const negotiator = new Negotiator({ headers: { accept: headers.accept } });
  const preferred = negotiator.mediaType([...OFFERED]);
  return OFFERED.find((type) => type === preferred) ?? OFFERED[0];
}

/** Returns the origin for absolute links: `PUBLIC_URL`, else the one that the client used. */
export const originOf = (request: FastifyRequest, publicUrl: string | undefined): string =>
  publicUrl?.replace(/\/+$/, '') ?? requestOrigin(request);

/** Returns the URL of an event's booking page. */
export const bookingPage = (origin: string, eventId: string): string =>
  `${origin}/?event=${encodeURIComponent(eventId)}`;
