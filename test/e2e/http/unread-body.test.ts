import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { startApp, type TestApp } from '../../support/app.js';

const BODY_BYTES = 32 * 1024 * 1024;

let app: TestApp;

beforeAll(async () => {
  app = await startApp('postgres');
});
afterAll(() => app.close());

describe('a body of 32 MB without a token', () => {
  it('is answered 401 before a byte of it is sent or read', async () => {
    const { hostname, port } = new URL(app.url);
    const accepted = once(app.app.getHttpServer(), 'connection') as Promise<[Socket]>;
    const client = connect(Number(port), hostname.replace(/[[\]]/g, ''));
    const [server] = await accepted;
    const head =
      `POST /v1/venues HTTP/1.1\r\nHost: ${hostname}\r\nContent-Type: application/json\r\n` +
      `Content-Length: ${BODY_BYTES}\r\n\r\n`;
    client.write(head);
    const [answer] = (await once(client, 'data')) as [Buffer];
    expect(answer.toString()).toMatch(/^HTTP\/1\.1 401 /);
    expect(answer.toString()).toContain('"code":"token-missing"');
    expect(server.bytesRead).toBe(Buffer.byteLength(head));
    client.destroy();
  });
});
