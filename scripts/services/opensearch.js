/**
 * A real OpenSearch of one node, put together from Maven Central: `npm run opensearch [-- --port
 * 9200] [--heap 1g]`. Its data goes with it. Only this machine reaches it, and it asks for no
 * password.
 */
import { execFile, spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';

export const name = 'opensearch';

const FOLDER = fileURLToPath(new URL('opensearch/', import.meta.url));
/** Version that the node's Lucene is compiled for. */
const LEAST_JAVA = 11;
/** Limits for Maven's downloads and for the node's first answer. Milliseconds. */
const FETCH_MS = 600_000;
const START_MS = 300_000;
const STOP_MS = 20_000;
const run = promisify(execFile);

/**
 * @param {{ log?: (line: string) => void, port?: number, heap?: string }} options
 * @returns {Promise<{ env: Record<string, string>, stop(): Promise<void> } | { unavailable: string
 * }>}
 */
export async function start({ log = () => {}, port = 0, heap = '1g' } = {}) {
  const missing = await whatIsMissing();
  if (missing) return { unavailable: missing };
  const directory = await mkdtemp(join(tmpdir(), 'boxoffice-opensearch-'));
  try {
    const classpath = await fetchClasspath(directory, log);
    if (typeof classpath !== 'string') return classpath;
    const free = port || (await freePort());
    const node = await startNode({ classpath, port: free, heap, directory, log });
    const url = `http://127.0.0.1:${free}`;
    log(`OpenSearch answers at ${url}`);
    return {
      env: { TEST_OPENSEARCH_URL: url, TEST_OPENSEARCH_PID: String(node.pid) },
      ended: node.ended,
      stop: async () => {
        await node.stop();
        await rm(directory, { recursive: true, force: true });
      },
    };
  } catch (error) {
    await rm(directory, { recursive: true, force: true });
    throw error;
  }
}

async function whatIsMissing() {
  const java = await run('java', ['-version']).catch(() => undefined);
  if (!java) return 'there is no Java';
  const version = Number(/version "(\d+)/.exec(java.stderr)?.[1] ?? 0);
  if (version < LEAST_JAVA) return `Java ${version} is too old, ${LEAST_JAVA} is needed`;
  if (!(await run('javac', ['-version']).catch(() => undefined)))
    return 'Java comes without its compiler';
  if (!(await run('mvn', ['-version']).catch(() => undefined))) return 'there is no Maven';
  return undefined;
}

/** Offline if everything has been fetched before. */
async function fetchClasspath(directory, log) {
  const file = join(directory, 'classpath');
  const args = [
    '-B',
    '-q',
    '-f',
    join(FOLDER, 'pom.xml'),
    'dependency:build-classpath',
    `-Dmdep.outputFile=${file}`,
  ];
  try {
    await run('mvn', ['-o', ...args], { timeout: FETCH_MS });
  } catch {
    log('fetching OpenSearch from Maven Central');
    const problem = await run('mvn', args, { timeout: FETCH_MS }).then(
      () => undefined,
      (error) => error,
    );
    if (problem) return { unavailable: `Maven could not fetch it: ${firstError(problem)}` };
  }
  return readFile(file, 'utf8');
}

const firstError = ({ stdout = '', message }) =>
  (/\[ERROR\] (.*)/.exec(String(stdout))?.[1] ?? message).slice(0, 200);

async function startNode({ classpath, port, heap, directory, log }) {
  const options = [
    `-Xms${heap}`,
    `-Xmx${heap}`,
    '-XX:+UseG1GC',
    '-Dlog4j2.formatMsgNoLookups=true',
  ];
  const args = [
    ...options,
    '-cp',
    classpath,
    join(FOLDER, 'OpenSearchNode.java'),
    String(port),
    directory,
  ];
  // In a process group of its own: Ctrl-C reaches only the parent, which then ends it.
  const child = spawn('java', args, { stdio: ['pipe', 'pipe', 'pipe'], detached: true });
  const last = [];
  const ended = new Promise((resolve) => child.once('exit', (code) => resolve(code ?? 1)));
  const ready = new Promise((resolve) => {
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on('line', (line) => {
        if (/\bready$/.test(line)) resolve(true);
        last.push(line);
        if (last.length > 20) last.shift();
      });
    }
  });
  const limit = new Promise((resolve) => setTimeout(resolve, START_MS, 'late').unref());
  const outcome = await Promise.race([ready, ended, limit]);
  if (outcome !== true) {
    child.kill('SIGKILL');
    throw new Error(['OpenSearch did not start.', ...last].join('\n'));
  }
  log(`OpenSearch is process ${child.pid}`);
  const stop = async () => {
    child.stdin.end();
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
    await ended;
    clearTimeout(timer);
  };
  return { pid: child.pid, ended, stop };
}

function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({
    options: { port: { type: 'string', default: '9200' }, heap: { type: 'string', default: '1g' } },
  });
  const service = await start({ log: console.log, port: Number(values.port), heap: values.heap });
  if ('unavailable' in service) {
    console.error(`OpenSearch cannot be started: ${service.unavailable}.`);
    process.exitCode = 1;
  } else {
    console.log('Ctrl-C ends it, and its data with it.');
    for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => void service.stop());
    process.exitCode = await service.ended;
  }
}
