import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Refused, Unavailable } from '../../src/cli/exit-codes.js';
import { describeProblem, openService } from '../../src/cli/service.js';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** Runs `use` against a service with this answer. */
async function serving<T>(answer: Answer, use: (url: string) => Promise<T>): Promise<T> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    return await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}
const problem =
  (code: string, status: number, headers = {}): Answer =>
  (_, response) =>
    void response
      .writeHead(status, { 'content-type': 'application/problem+json', ...headers })
      .end(JSON.stringify({ title: 'Title', code, detail: 'Do this.' }));

describe('the client of a service', () => {
  it('sends the token and retries while the service is overloaded', async () => {
    const seen: (string | undefined)[] = [];
    const answer: Answer = (request, response) => {
      seen.push(request.headers.authorization);
      if (seen.length < 3) return problem('mailbox-full', 503)(request, response);
      response.end('{"fine":true}');
    };
    const body = await serving(answer, async (url) => {
      const service = openService({ json: false, url, token: 'mine' });
      return service.demand('GET', '/v1/venues').finally(() => service.close());
    });
    expect(body).toEqual({ fine: true });
    expect(seen).toEqual(['Bearer mine', 'Bearer mine', 'Bearer mine']);
  });

  it('reports a service as unavailable that stays overloaded or does not answer', async () => {
    const ask = async (url: string) => {
      const service = openService({ json: false, url }, { attempts: 2 });
      return service.ask('GET', '/').finally(() => service.close());
    };
    await expect(serving(problem('mailbox-full', 503), ask)).rejects.toThrow(Unavailable);
    await expect(serving(problem('mailbox-full', 503), ask)).rejects.toThrow(
      'Title (mailbox-full). Do this.',
    );
    const gone = await serving(problem('mailbox-full', 503), (url) => Promise.resolve(url));
    await expect(ask(gone)).rejects.toThrow(Unavailable);
  });

  it('does not retry a rejected request and describes the problem', async () => {
    let asked = 0;
    const answer: Answer = (request, response) => {
      asked++;
      problem('role-required', 403)(request, response);
    };
    const demand = async (url: string) => {
      const service = openService({ json: false, url });
      return service.demand('POST', '/', {}).finally(() => service.close());
    };
    await expect(serving(answer, demand)).rejects.toThrow(Refused);
    expect(asked).toBe(1);
    await expect(
      serving((_, response) => void response.writeHead(502).end('<html>'), demand),
    ).rejects.toThrow('response with status 502');
  });
});

describe('describeProblem', () => {
  const problem = {
    type: '/problems#x',
    title: 'Title',
    code: 'the-code',
    detail: 'Mind `limit`.',
    instance: '/v1',
  };

  it.each<[string, object, string]>([
    [
      'with what is wrong with which field',
      { errors: [{ path: '/name', message: 'is required' }] },
      ': /name is required',
    ],
    [
      'about the whole body',
      { errors: [{ path: '', message: 'must be an object' }] },
      ': must be an object',
    ],
    [
      'with the values that it speaks of',
      { limit: 10, alreadyYours: 3 },
      '. Mind 10. (alreadyYours: 3)',
    ],
    ['with a list of them', { seatIds: ['A-1', 'A-2'] }, '. Mind `limit`. (seatIds: A-1 A-2)'],
    [
      'with objects',
      { difference: { amountMinor: 5 } },
      '. Mind `limit`. (difference: {"amountMinor":5})',
    ],
    [
      'with a long list, cut',
      { seatIds: Array(200).fill('A-1') },
      `. Mind \`limit\`. (seatIds: ${'A-1 '.repeat(75)}…)`,
    ],
  ])('%s', (_, carried, told) => {
    const body = { ...problem, status: 422, ...carried };
    expect(describeProblem({ status: 422, body })).toBe(`Title (the-code)${told}`);
  });
});
