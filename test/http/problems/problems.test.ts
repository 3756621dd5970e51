import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  problemKind,
  PROBLEMS,
  type ProblemCode,
} from '../../../src/http/problems/problem-table.js';
import { problemBody, problemHeaders } from '../../../src/http/problems/problems.js';
import { problemsTable } from '../../../src/http/problems/problems-page.js';

const codes = Object.keys(PROBLEMS) as ProblemCode[];

describe('the table of refusals', () => {
  it('stands in docs/http-api.md as it is; on failure, paste what was expected between the markers', () => {
    const page = readFileSync(join(import.meta.dirname, '../../../docs/http-api.md'), 'utf8');
    const [, table] =
      /<!-- problems:begin .*? -->\n([^]*?)\n?<!-- problems:end -->/.exec(page) ?? [];
    expect(table?.trim()).toBe(problemsTable());
  });

  it.each(codes)('%s says what to do, with a status of its class', (code) => {
    const { status, title, detail, retryAfter } = problemKind(code);
    expect(code).toMatch(/^[a-z]+(-[a-z]+)*$/);
    expect(title).toMatch(/^[A-Z].*[^.]$/);
    expect(detail).toMatch(/^[A-Z`].*\.$/);
    expect(status).toBeGreaterThanOrEqual(400);
    expect(retryAfter !== undefined).toBe(status === 503 || code === 'payment-under-way');
  });

  it.each(codes)('%s names in its text every member that it carries', (code) => {
    const { detail, carries = [] } = problemKind(code);
    for (const member of carries) expect(detail).toContain(`\`${member}\``);
  });

  it('comes in the order of the statuses, so that the page can be read', () => {
    const statuses = codes.map((code) => problemKind(code).status);
    expect(statuses).toEqual([...statuses].sort((a, b) => a - b));
  });

  it('makes the body and the headers of a refusal', () => {
    expect(
      problemBody('too-many-seats', '/v1/events/e/reservations', { limit: 4, alreadyYours: 2 }),
    ).toEqual({
      type: '/problems#too-many-seats',
      title: 'Too many seats',
      status: 422,
      code: 'too-many-seats',
      detail: PROBLEMS['too-many-seats'].detail,
      instance: '/v1/events/e/reservations',
      limit: 4,
      alreadyYours: 2,
    });
    expect(problemHeaders('mailbox-full')).toMatchObject({
      'content-type': 'application/problem+json',
      'retry-after': '1',
    });
    expect(problemHeaders('token-missing')['www-authenticate']).toBe('Bearer');
    expect(problemHeaders('token-expired')['www-authenticate']).toBe(
      'Bearer error="invalid_token"',
    );
  });
});
