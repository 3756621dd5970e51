import { once } from 'node:events';
import { waitUntil } from '../../../src/adapters/postgres/processes.js';
import {
  ask,
  dataDirectories,
  isGone,
  portOf,
  serverPid,
} from '../../support/services/embedded-postgres.js';
import { freePort } from '../../support/services/free-port.js';

const GONE_WITHIN_MS = 20_000;
const data = dataDirectories();

describe('a process that goes without stopping it', () => {
  beforeEach(() => data.givenDatabase());

  it('killed: the next start takes over the running server and stops it', async () => {
    const { child, url, pid } = await data.startElsewhere();
    await ask(url, `create table sold (seat text); insert into sold values ('A-1')`);
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(await isGone(pid)).toBe(false);
    const next = await data.start();
    expect(next.url).toBe(url);
    expect(await serverPid(data.current)).toBe(pid);
    expect(data.logged).toEqual([
      expect.stringMatching(`still runs on port ${portOf(url)} \\(process ${pid}\\)`),
    ]);
    expect(await ask(next.url, 'select seat from sold')).toEqual([{ seat: 'A-1' }]);
    await next.stop();
    expect(await isGone(pid)).toBe(true);
  });

  it('killed: a start that wants another port replaces the running server', async () => {
    const { child, url, pid } = await data.startElsewhere();
    child.kill('SIGKILL');
    await once(child, 'exit');
    const port = await freePort();
    const next = await data.start({ port });
    expect(portOf(next.url)).toBe(port);
    expect(port).not.toBe(portOf(url));
    expect(await isGone(pid)).toBe(true);
  });

  it.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)(
    'ended by %s without a handler: the server ends too',
    async (name) => {
      const { child, pid } = await data.startElsewhere();
      child.kill(name);
      expect(await once(child, 'exit')).toEqual([null, name]);
      expect(await waitUntil(() => isGone(pid), GONE_WITHIN_MS)).toBe(true);
    },
  );

  it('exits: the server ends too', async () => {
    const { child, pid } = await data.startElsewhere(
      `process.stdin.once('data', () => process.exit(3));`,
    );
    child.stdin!.write('now');
    expect(await once(child, 'exit')).toEqual([3, null]);
    expect(await waitUntil(() => isGone(pid), GONE_WITHIN_MS)).toBe(true);
  });

  it('gets Ctrl-C: its own work ends first, the server after it', async () => {
    const { child, url, pid, said } = await data.startElsewhere(`
      const { default: pg } = await import('pg');
      process.once('SIGINT', async () => {
        await new Promise((resolve) => setTimeout(resolve, 300));
        const client = new pg.Client({ connectionString: postgres.url });
        await client.connect();
        await client.query("insert into sold values ('last')");
        await client.end();
        await postgres.stop();
        clearInterval(alive);
      });
      console.log('ready');`);
    expect(await said()).toBe('ready');
    await ask(url, 'create table sold (seat text)');
    process.kill(-child.pid!, 'SIGINT');
    expect(await once(child, 'exit')).toEqual([0, null]);
    expect(await isGone(pid)).toBe(true);
    const next = await data.start();
    expect(await ask(next.url, 'select seat from sold')).toEqual([{ seat: 'last' }]);
  });
});
