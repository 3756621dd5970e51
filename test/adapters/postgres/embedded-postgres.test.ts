import { chmod, mkdir, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { POSTGRES_SETTINGS } from '../../../src/adapters/postgres/settings.js';
import { emptyDatabase } from '../../support/services/database.js';
import {
  ask,
  dataDirectories,
  occupy,
  portOf,
  serverPid,
} from '../../support/services/embedded-postgres.js';
import { freePort } from '../../support/services/free-port.js';

const isRoot = process.getuid?.() === 0;
const data = dataDirectories();

describe('the embedded Postgres', () => {
  it('is durable, local, private and knows the letters of all alphabets', async () => {
    const { url } = await data.start();
    const shown = await ask<{ name: string; setting: string }>(
      url,
      `select name, current_setting(name) as setting from pg_settings`,
    );
    const settings = Object.fromEntries(
      shown.map(({ name, setting }) => [name.toLowerCase(), setting]),
    );
    for (const [name, value] of Object.entries(POSTGRES_SETTINGS))
      expect([name, settings[name]]).toEqual([name, value]);
    expect(settings).toMatchObject({
      listen_addresses: '127.0.0.1',
      unix_socket_directories: '',
      server_encoding: 'UTF8',
      data_checksums: 'on',
    });
    const [locale] = await ask(
      url,
      `select datlocprovider, datlocale from pg_database where datname = current_database()`,
    );
    expect(locale).toEqual({ datlocprovider: 'b', datlocale: 'C.UTF-8' });
    await ask(
      url,
      `create extension pg_trgm; create extension unaccent; create extension cube;
       create extension earthdistance`,
    );
    expect(
      await ask(
        url,
        `select lower('ÉCOLE Ω') as lower, unaccent('São') as plain,
           show_trgm('é') <> '{}' as letter`,
      ),
    ).toEqual([{ lower: 'école ω', plain: 'Sao', letter: true }]);
    expect((await stat(join(data.current, 'password'))).mode & 0o777).toBe(0o600);
    const wrong = new URL(url);
    wrong.password = 'guess';
    await expect(ask(wrong.href, 'select 1')).rejects.toThrow(/password authentication failed/);
    expect((await stat(join(data.current, 'cluster'))).uid).not.toBe(0);
  });

  it('keeps data and port from one start to the next', async () => {
    await data.givenDatabase();
    const first = await data.start();
    await ask(first.url, `create table sold (seat text); insert into sold values ('A-1')`);
    await first.stop();
    await expect(ask(first.url, 'select 1')).rejects.toThrow(/ECONNREFUSED/);
    const second = await data.start();
    expect(second.url).toBe(first.url);
    expect(await ask(second.url, 'select seat from sold')).toEqual([{ seat: 'A-1' }]);
    expect(data.logged).toEqual([]);
  });

  it('can be stopped twice', async () => {
    await data.givenDatabase();
    const postgres = await data.start();
    await Promise.all([postgres.stop(), postgres.stop()]);
    await postgres.stop();
  });
});

describe('a data directory', () => {
  it('belongs to one live process at a time', async () => {
    await data.givenDatabase();
    const { child, url } = await data.startElsewhere();
    await expect(data.start()).rejects.toThrow(`is in use by the running process ${child.pid} `);
    expect(await ask(url, 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  it('is won by exactly one of several starts at the same moment', async () => {
    const outcomes = await Promise.allSettled([data.start(), data.start(), data.start()]);
    const refused = outcomes.filter((outcome) => outcome.status === 'rejected');
    expect(refused.map((outcome) => String(outcome.reason))).toEqual([
      expect.stringMatching(/in use by this very process/),
      expect.stringMatching(/in use by this very process/),
    ]);
    const winners = outcomes.filter((outcome) => outcome.status === 'fulfilled');
    expect(await ask(winners[0]!.value.url, 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  it.each([
    ['of a process that is gone', JSON.stringify({ pid: 2 ** 22 - 1, identity: '1' })],
    [
      'of an earlier process with a pid that is in use again',
      JSON.stringify({ pid: process.pid, identity: '1' }),
    ],
    ['cut short', '{"pid":'],
  ])('is free when its lock file is one %s', async (_, text) => {
    await data.givenDatabase();
    await writeFile(join(data.current, 'owner.lock'), text);
    await data.start();
    expect(JSON.parse(await readFile(join(data.current, 'owner.lock'), 'utf8'))).toMatchObject({
      pid: process.pid,
    });
    expect((await readdir(data.current)).filter((name) => name.startsWith('owner.lock'))).toEqual([
      'owner.lock',
    ]);
  });

  it('is created again when its creation was interrupted', async () => {
    await mkdir(join(data.current, 'cluster.unfinished.0a', 'base'), { recursive: true });
    await writeFile(join(data.current, 'cluster.unfinished.0a', 'PG_VERSION'), '18\n');
    await writeFile(join(data.current, 'password'), 'of the one cut short\n');
    const { url } = await data.start();
    expect(await ask(url, 'select 1 as one')).toEqual([{ one: 1 }]);
    expect((await readdir(data.current)).filter((name) => name.startsWith('cluster'))).toEqual([
      'cluster',
    ]);
  });

  it('starts although a pid file of a dead server names a process of another program', async () => {
    await data.givenDatabase();
    const first = await data.start();
    await first.stop();
    const left = [
      process.pid,
      join(data.current, 'cluster'),
      1,
      portOf(first.url),
      '',
      '127.0.0.1',
      '',
      'ready',
      '',
    ];
    await writeFile(join(data.current, 'cluster', 'postmaster.pid'), left.join('\n'));
    const next = await data.start();
    expect(await ask(next.url, 'select 1 as one')).toEqual([{ one: 1 }]);
    expect(await serverPid(data.current)).not.toBe(process.pid);
  });

  it('recovers by itself after the server was killed', async () => {
    await data.givenDatabase();
    const first = await data.start();
    await ask(first.url, `create table sold (seat text); insert into sold values ('A-1')`);
    process.kill(await serverPid(data.current), 'SIGKILL');
    await first.stop();
    const next = await data.start();
    expect(await ask(next.url, 'select seat from sold')).toEqual([{ seat: 'A-1' }]);
  });

  it('is refused with advice for a lost password or a database of another version', async () => {
    await data.givenDatabase();
    await (await data.start()).stop();
    await rm(join(data.current, 'password'));
    await expect(data.start()).rejects.toThrow(
      /password .* cannot be read .* remove the data directory to start with an empty one/,
    );
    await writeFile(join(data.current, 'cluster', 'PG_VERSION'), '17\n');
    await expect(data.start()).rejects.toThrow(/made by Postgres 17; the one installed is 18/);
  });

  it('that nobody but its owner may enter works too', async () => {
    const secluded = join(data.current, 'secluded', 'data');
    await mkdir(secluded, { recursive: true });
    await chmod(join(data.current, 'secluded'), 0o700);
    const first = await data.start({ dataDirectory: secluded });
    await ask(first.url, 'create table sold (seat text)');
    await first.stop();
    const second = await data.start({ dataDirectory: secluded });
    expect(second.url).toBe(first.url);
    await second.stop();

    const pointer = await readFile(join(secluded, 'cluster-location'), 'utf8').catch(
      () => undefined,
    );
    const home = pointer?.trim() ?? secluded;
    // Only root runs Postgres as somebody else, who cannot enter; anyone else keeps the database
    // where it was asked for.
    expect(home !== secluded).toBe(isRoot);
    // The next start removes and logs what killed runs have left; this is not part of this test.
    expect(data.logged.filter((line) => !line.startsWith('Removed '))).toEqual(
      isRoot
        ? [expect.stringContaining(`cannot enter ${secluded}: the database is kept in ${home}`)]
        : [],
    );

    await rm(secluded, { recursive: true });
    const afterReset = await data.start({ dataDirectory: secluded });
    await expect(ask(afterReset.url, 'select * from sold')).rejects.toThrow(/does not exist/);
    await afterReset.stop();

    await rm(secluded, { recursive: true });
    const neighbor = join(data.current, 'secluded', 'neighbor');
    await (await data.start({ dataDirectory: neighbor })).stop();
    await expect(stat(home)).rejects.toThrow(/ENOENT/);
    if (isRoot)
      await rm((await readFile(join(neighbor, 'cluster-location'), 'utf8')).trim(), {
        recursive: true,
      });
  });
});

describe('a port', () => {
  it('that is taken meanwhile is replaced by a free one', async () => {
    await data.givenDatabase();
    const first = await data.start();
    await first.stop();
    const release = await occupy(portOf(first.url));
    const next = await data.start();
    expect(portOf(next.url)).not.toBe(portOf(first.url));
    await release();
  });

  it('that was asked for and is taken is an error that says so', async () => {
    await data.givenDatabase();
    const port = await freePort();
    const release = await occupy(port);
    await expect(data.start({ port })).rejects.toThrow(
      `Port ${port}, wanted for the embedded Postgres, is taken`,
    );
    await release();
  });
});

it('reports a server that does not start by its log, and frees the directory', async () => {
  await data.givenDatabase();
  await expect(data.start({ settings: { shared_buffers: 'plenty' } })).rejects.toThrow(
    /did not start \(exit code 1\)[\s\S]*invalid value for parameter "shared_buffers"/,
  );
  await data.start();
});

it('a fresh database of a test is empty, its own, and gone once dropped', async () => {
  const one = await emptyDatabase();
  const other = await emptyDatabase();
  await ask(one.url, 'create table seats (id int)');
  await expect(ask(other.url, 'select * from seats')).rejects.toThrow(/does not exist/);
  await one.drop();
  await other.drop();
  await expect(ask(one.url, 'select 1')).rejects.toThrow(/does not exist/);
});
