import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** `test/http/openapi/contract.test.ts` holds the OpenAPI document to this file. */
const CONTRACT = join(import.meta.dirname, '../fixtures/openapi-0.1.0.json');

interface Problems {
  PROBLEM_TEXTS: Record<string, unknown>;
  explain(problem: { code: string; status: number; detail: string; body: object }): {
    title: string;
    text: string;
    remedies: string[];
  };
}
const { PROBLEM_TEXTS, explain } = (await import('../../web/problems' + '.js')) as Problems;

const EVENT = '/v1/events/{eventId}';
const RESERVATION = `${EVENT}/reservations/{reservationId}`;
/** Every request that the page sends. */
const REQUESTS: readonly (readonly [method: string, path: string])[] = [
  ['get', '/v1/clock'],
  ['post', '/v1/dev/tokens'],
  ['get', '/v1/events'],
  ['get', '/v1/events/suggest'],
  ['get', EVENT],
  ['get', `${EVENT}/seating-plan`],
  ['get', `${EVENT}/seat-status`],
  ['get', `${EVENT}/waiting-room`],
  ['post', `${EVENT}/waiting-room/tickets`],
  ['post', `${EVENT}/waiting-room/pass`],
  ['post', `${EVENT}/reservations`],
  ['get', RESERVATION],
  ['delete', RESERVATION],
  ['post', `${RESERVATION}/confirm`],
  ['get', `${RESERVATION}/tickets.pdf`],
  ['get', `${EVENT}/tickets/{ticketId}/qr.svg`],
  ['get', '/v1/me/reservations'],
  ['get', '/v1/me/tickets'],
  ['get', '/v1/me/tickets.ics'],
];

interface Answer {
  content?: Record<string, { examples?: string[] }>;
}
interface Document {
  paths: Record<string, Record<string, { responses: Record<string, Answer> }>>;
}

/** The problem codes that the OpenAPI document names for a request. */
function codesOf(document: Document, method: string, path: string): string[] {
  const responses = Object.values(document.paths[path]![method]!.responses);
  return responses.flatMap(({ content }) => content?.['application/problem+json']?.examples ?? []);
}

describe('the texts of problems on the page', () => {
  it('exist for every problem that a request of the page can get', () => {
    const document = JSON.parse(readFileSync(CONTRACT, 'utf8')) as Document;
    const codes = new Set(REQUESTS.flatMap(([method, path]) => codesOf(document, method, path)));
    expect(codes.size).toBeGreaterThan(50);
    expect([...codes].filter((code) => !(code in PROBLEM_TEXTS))).toEqual([]);
  });

  it.each(Object.keys(PROBLEM_TEXTS))('are sentences for buyers: %s', (code) => {
    const { title, text } = explain({ code, status: 409, detail: 'Send `x`.', body: {} });
    expect(title).toMatch(/^[A-Z][^`]*[^.]$/);
    expect(text).toMatch(/^[A-Z][^`]*\.$/);
    expect(text).not.toMatch(/header|token|Retry-After|\bPOST\b|\bGET\b/i);
  });

  it.each([403, 404, 409, 422, 429, 500, 503])(
    'are title and detail of the problem for an unknown code with status %i',
    (status) => {
      const body = { title: 'No pets', detail: 'Leave the dog at home.' };
      const { title, text } = explain({ code: 'no-pets', status, detail: body.detail, body });
      expect({ title, text }).toEqual({ title: 'No pets', text: 'Leave the dog at home.' });
    },
  );

  it('never call a refused permission a missing sign-in', () => {
    const problem = { code: 'http-403', status: 403, detail: '', body: {} };
    expect(explain(problem).title).not.toMatch(/signed in/);
  });
});
