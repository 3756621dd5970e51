import { POOL } from '../../src/adapters/postgres/tokens.js';
import { problemKind, type ProblemCode } from '../../src/http/problems/table/problem-table.js';
import type { Reply, TestApp } from './app.js';

/** Returns the number of domain events of all streams. */
export async function countDomainEvents(app: TestApp): Promise<number> {
  if (app.node) return (await app.node.events()).length;
  const { rows } = await app
    .get(POOL)
    .query<{ count: number }>('select count(*)::int from domain_events');
  return rows[0]!.count;
}

/** Expects a complete problem with this code, and no new domain event. */
export async function expectProblem(
  app: TestApp,
  code: ProblemCode,
  request: () => Promise<Reply>,
): Promise<Reply> {
  const before = await countDomainEvents(app);
  const reply = await request();
  const { status, title, detail } = problemKind(code);
  expect(reply.body).toMatchObject({ type: `/problems#${code}`, title, status, code, detail });
  expect(reply.body.instance).toMatch(/^\/[^?]*$/);
  expect(reply.status).toBe(status);
  expect(reply.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  expect(await countDomainEvents(app)).toBe(before);
  return reply;
}
