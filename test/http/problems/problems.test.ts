import {
  problemKind,
  PROBLEMS,
  type ProblemCode,
} from '../../../src/http/problems/table/problem-table.js';
import { problemBody, problemHeaders } from '../../../src/http/problems/problems.js';

const codes = Object.keys(PROBLEMS) as ProblemCode[];

describe('the table of problems', () => {
  it.each(codes)('%s has a title, a detail in sentences, and a status from 400', (code) => {
    const { status, title, detail, retryAfter } = problemKind(code);
    expect(code).toMatch(/^[a-z]+(-[a-z]+)*$/);
    expect(title).toMatch(/^[A-Z].*[^.]$/);
    expect(detail).toMatch(/^[A-Z`].*\.$/);
    expect(status).toBeGreaterThanOrEqual(400);
    expect(retryAfter !== undefined).toBe(status === 503 || code === 'payment-under-way');
  });

  it.each(codes)('%s names in its detail every member that it carries', (code) => {
    const { detail, carries = [] } = problemKind(code);
    for (const member of carries) expect(detail).toContain(`\`${member}\``);
  });

  it('is ordered by status', () => {
    const statuses = codes.map((code) => problemKind(code).status);
    expect(statuses).toEqual([...statuses].sort((a, b) => a - b));
  });

  it('gives the body and the headers of a problem', () => {
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
