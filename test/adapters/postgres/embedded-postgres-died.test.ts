import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { MAX_RESTARTS, supervise } from '../../../src/adapters/postgres/supervise.js';
import {
  ask,
  dataDirectories,
  isGone,
  serverPid,
} from '../../support/services/embedded-postgres.js';
import { until } from '../../support/read-side.js';

describe('An embedded Postgres that dies', () => {
  const data = dataDirectories();
  beforeEach(() => data.givenDatabase());

  it('is restarted on its port, with all committed data', async () => {
    const { url } = await data.start();
    await ask(url, 'create table kept as select 7 as number');
    for (let time = 0; time < 2; time++) {
      const pid = await serverPid(data.current);
      process.kill(pid, 'SIGKILL');
      await until(async () => (await serverPid(data.current).catch(() => pid)) !== pid, 30_000);
      await until(
        () =>
          ask(url, 'select number from kept').then(
            () => true,
            () => false,
          ),
        30_000,
      );
    }
    expect(await ask(url, 'select number from kept')).toEqual([{ number: 7 }]);
    expect(data.logged.filter((line) => line.includes('died'))).toHaveLength(2);
  });

  it('stays stopped after a normal stop', async () => {
    const postgres = await data.start();
    process.kill(await serverPid(data.current), 'SIGKILL');
    await until(() => data.logged.some((line) => line.includes('died')), 30_000);
    await postgres.stop();
    const pid = await serverPid(data.current).catch(() => 0);
    if (pid > 0) expect(await isGone(pid)).toBe(true);
  });

  it('is given up with the reason when it cannot be started again', async () => {
    const lost: string[] = [];
    await data.start({ onLost: (reason) => void lost.push(reason) });
    const pid = await serverPid(data.current);
    await rename(join(data.current, 'cluster', 'global'), join(data.current, 'elsewhere'));
    process.kill(pid, 'SIGKILL');
    await until(() => lost.length > 0, 60_000);
    expect(lost).toEqual([expect.stringContaining('cannot be started again')]);
  });
});

it('A server that dies time and again is given up', async () => {
  const lost: string[] = [];
  let starts = 0;
  // No process has this id, so each check finds a dead server.
  const dead = { pid: 2 ** 22 + 1, port: 1 };
  const supervision = supervise({
    server: dead,
    restart: () => Promise.resolve({ ...dead, pid: dead.pid + ++starts }),
    log: () => {},
    onLost: (reason) => void lost.push(reason),
  });
  await until(() => lost.length > 0);
  expect(starts).toBe(MAX_RESTARTS);
  expect(lost).toEqual([expect.stringContaining(`died ${MAX_RESTARTS + 1} times`)]);
  await supervision.end();
});
