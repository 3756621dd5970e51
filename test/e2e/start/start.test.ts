import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { SETTINGS } from '../../../src/config/settings.js';
import { stopOrphan } from '../../../src/adapters/postgres/server.js';
import { isGone, serverPid } from '../../support/services/embedded-postgres.js';

const ROOT = process.cwd();

interface Started {
  child: ChildProcess;
  output(): string;
  ended: Promise<number | null>;
}

let directory: string;
const children: ChildProcess[] = [];

// One database for all: making one takes seconds.
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'boxoffice-start-'));
  await chmod(directory, 0o755);
});
afterEach(async () => {
  for (const child of children.splice(0)) {
    if (child.exitCode === null && child.signalCode === null) process.kill(-child.pid!, 'SIGKILL');
  }
  await stopOrphan(join(directory, 'postgres'));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

/** The built product with these arguments. */
async function run(
  ...args: string[]
): Promise<{ code: number | null; out: string; error: string }> {
  const { PATH = '', HOME = '' } = process.env;
  const child = spawn(process.execPath, ['dist/main.js', ...args], {
    cwd: ROOT,
    env: { PATH, HOME },
  });
  children.push(child);
  const [out, error] = [text(child.stdout), text(child.stderr)];
  const [code] = (await once(child, 'exit')) as [number | null];
  return { code, out: await out, error: await error };
}

/** `npm start` in a process group of its own, as a terminal starts it. */
function npmStart(settings: Record<string, string> = {}): Started {
  const { PATH = '', HOME = '' } = process.env;
  const env = { PATH, HOME, PORT: '0', SAMPLES: 'off', DATA_DIR: directory, ...settings };
  const child = spawn('npm', ['start'], {
    cwd: ROOT,
    env,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.push(child);
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (text += chunk.toString()));
  return {
    child,
    output: () => text,
    // Not `exit`, which may come before the last output.
    ended: once(child, 'close').then(([code]) => code as number | null),
  };
}

const servedBy = async (started: Started) => (await until(started, /serves at (http:\S+)/))[1]!;

async function until({ output, ended }: Started, words: RegExp): Promise<RegExpExecArray> {
  let over = false;
  void ended.then(() => (over = true));
  while (!over) {
    const found = words.exec(output());
    if (found) return found;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`Boxoffice ended before it printed ${words}:\n${output()}`);
}

/** Serves until `stop`; then neither it nor its database is there any more. */
async function expectOrderlyEnd(
  started: Started,
  url: string,
  stop: (pid: number) => void,
): Promise<void> {
  expect((await fetch(`${url}/health/ready`)).status).toBe(200);
  const postgres = await serverPid(join(directory, 'postgres'));
  stop(started.child.pid!);
  expect(await started.ended).toBe(0);
  expect(started.output().trimEnd()).toMatch(/stopped$/);
  expect(await isGone(postgres)).toBe(true);
  await expect(fetch(`${url}/health/live`)).rejects.toThrow();
}

describe('npm start', () => {
  it('serves without any setting, logs few plain lines, and stops on SIGTERM to npm', async () => {
    const started = npmStart({ SAMPLES: 'on' });
    const [, url] = await until(started, /serves at (http:\S+) \(API/);
    const lines = started.output().trimEnd().split('\n');
    expect(lines.at(-1)).toMatch(/ Boxoffice serves at http:\/\/\S+ \(API: \S+\/docs\)$/);
    expect(lines.at(-2)).toMatch(/samples: (\d+) of \1 \(all samples\)$/);
    expect(lines.filter((line) => /serves at .* and loads the samples/.test(line))).toHaveLength(1);
    expect(lines.filter((line) => /migrat/i.test(line))).toEqual([
      expect.stringMatching(/ \d+ migrations applied$/),
    ]);
    // eslint-disable-next-line no-control-regex
    expect(started.output()).not.toMatch(/\x1b/);
    await expectOrderlyEnd(started, url!, (pid) => process.kill(pid, 'SIGTERM'));
  });

  it('refuses a data directory in use; the process that uses it stops on Ctrl-C', async () => {
    const first = npmStart();
    const url = await servedBy(first);
    const second = npmStart();
    expect(await second.ended).toBe(1);
    expect(second.output()).toMatch(/did not start: .* is in use by the running process \d+/);
    await expectOrderlyEnd(first, url, (pid) => process.kill(-pid, 'SIGINT'));
  });

  it('names the port in use and the remedy, and leaves nothing behind', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as AddressInfo;
    const started = npmStart({ HOST: '127.0.0.1', PORT: String(port) });
    expect(await started.ended).toBe(1);
    taken.close();
    expect(started.output()).toContain(
      `Boxoffice did not start: port ${port} of 127.0.0.1 is in use by another process: ` +
        'end that, or set PORT to another\n',
    );
    expect(started.output()).not.toMatch(/^ +at /m);
    await expect(serverPid(join(directory, 'postgres'))).rejects.toThrow('ENOENT');
  });

  it('names every setting that cannot be used, and starts nothing', async () => {
    const started = npmStart({ PORT: 'http', LOG_LEVEL: 'loud', JWT_SECRET: 'short' });
    expect(await started.ended).toBe(2);
    for (const name of ['PORT', 'LOG_LEVEL', 'JWT_SECRET'])
      expect(started.output()).toContain(`- ${name} `);
  });
});

describe('node dist/main.js', () => {
  it.each([
    [['--nonsense'], "Unknown option '--nonsense'.\n"],
    [['start'], "Unexpected argument 'start'.\n"],
  ])('refuses %j and starts nothing', async (args, problem) => {
    const { code, out, error } = await run(...args);
    expect([code, out]).toEqual([2, '']);
    expect(error.startsWith(problem)).toBe(true);
    expect(error).toContain('node dist/main.js [--help] [--version]');
  });

  it('-h names every setting', async () => {
    const { code, out, error } = await run('-h');
    expect([code, error]).toEqual([0, '']);
    for (const { name } of SETTINGS) expect(out).toContain(`\n${name}\n`);
  });
});
