import type { Answer } from '../numbers/connection.js';

/** The text of a POST with a customer's token. */
export function post(path: string, token: string, body: object, idempotencyKey?: string): string {
  const text = JSON.stringify(body);
  const headers = [
    'host: boxoffice',
    'content-type: application/json',
    `authorization: Bearer ${token}`,
    `content-length: ${text.length}`,
    ...(idempotencyKey === undefined ? [] : [`idempotency-key: ${idempotencyKey}`]),
  ];
  return `POST ${path} HTTP/1.1\r\n${headers.join('\r\n')}\r\n\r\n${text}`;
}

/** A payment that succeeds. */
export const confirm = (reservations: string, reservationId: string, token: string): string =>
  post(`${reservations}/${reservationId}/confirm`, token, { payment: { token: 'tok_success' } });

export const get = (path: string): string => `GET ${path} HTTP/1.1\r\nhost: boxoffice\r\n\r\n`;

/** @throws Error with the answer when it has another status */
export function bodyOf<Body>({ status, body }: Answer, expected: number): Body {
  if (status !== expected) throw new Error(`Answered ${status}: ${body}`);
  return JSON.parse(body) as Body;
}
