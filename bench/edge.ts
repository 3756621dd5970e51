import { execFile, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { startEdge } from '../test/support/services/edge.js';
import { putOnSale } from './put-on-sale.js';
import { keepResults, table } from './report.js';

const HELP = `Measures page views through the edge: nginx, the shop and wrk on this machine.

  npm run bench:edge -- [--seconds 10] [--connections 128] [--workers 1] [--threads 1]
                        [--seats 2000]

Needs nginx and wrk (Debian: apt-get install nginx libnginx-mod-http-brotli-filter wrk).
`;
/** Targets. */
const TARGETS = { pageViewsPerSecond: 30_000, shopRequestsPerSecond: 20 };
const PAGE_VIEWS = 10_000_000;

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '10' },
    connections: { type: 'string', default: '128' },
    // On two cores one is for the edge and one for who asks it.
    workers: { type: 'string', default: '1' },
    threads: { type: 'string', default: '1' },
    seats: { type: 'string', default: '2000' },
    nginx: { type: 'string', default: '/usr/sbin/nginx' },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  process.stdout.write(HELP);
  process.exit(0);
}
const say = (text: string) => void process.stdout.write(`${text}\n`);

const shop = await startShop();
const edge = await startEdge(values.nginx, [shop.url], { workers: Number(values.workers) });
try {
  const pages = await pagesOf(await putOnSale(shop.url, Number(values.seats)));
  for (const { path } of pages) await fetch(edge.url + path);
  const before = await asked(shop.url);
  const run = await wrk(pages.map(({ path }) => path));
  const requests = (await asked(shop.url)) - before;
  await report({ ...run, shopRequestsPerSecond: requests / run.seconds }, pages);
} finally {
  await edge.stop();
  await shop.stop();
}

type Run = Awaited<ReturnType<typeof wrk>> & { shopRequestsPerSecond: number };
interface Page {
  readonly path: string;
  /** As it goes over the wire to a browser. */
  readonly bytes: number;
}

async function report(run: Run, pages: readonly Page[]): Promise<void> {
  say(
    table([
      ['page', 'bytes on the wire'],
      ...pages.map(({ path, bytes }) => [path.replace(/events\/[^/]+/, 'events/…'), bytes]),
    ]),
  );
  const reached = (name: string, is: number, target: number, ok: boolean) => [
    name,
    is,
    target,
    ok ? 'yes' : 'NO',
  ];
  const { pageViewsPerSecond, shopRequestsPerSecond } = run;
  say('');
  say(
    table([
      ['', 'measured', 'target', 'reached'],
      reached(
        'page views/s through the edge',
        pageViewsPerSecond,
        TARGETS.pageViewsPerSecond,
        pageViewsPerSecond >= TARGETS.pageViewsPerSecond,
      ),
      reached(
        'requests/s seen by the shop',
        shopRequestsPerSecond,
        TARGETS.shopRequestsPerSecond,
        shopRequestsPerSecond <= TARGETS.shopRequestsPerSecond,
      ),
    ]),
  );
  const minutes = PAGE_VIEWS / pageViewsPerSecond / 60;
  say(
    `\n${run.pageViews} page views in ${run.seconds} s, ${run.errors} errors; p50 ` +
      `${run.p50}, p99 ${run.p99}. ` +
      `At this rate ten million take ${minutes.toFixed(1)} minutes (arithmetic, not measured).`,
  );
  const results = { settings: values, pages, run, minutesForTenMillion: minutes };
  say(`Raw: ${await keepResults('edge', results)}`);
}

/** The product, in a process of its own, with a database of its own. */
async function startShop(): Promise<{ url: string; stop(): Promise<void> }> {
  const directory = await mkdtemp(join(tmpdir(), 'boxoffice-bench-edge-'));
  const child = fork('dist/main.js', {
    env: {
      ...{ PATH: process.env.PATH, HOME: process.env.HOME },
      ...{
        DATA_DIR: directory,
        PORT: '0',
        SAMPLES: 'off',
        DEV_TOKENS: 'on',
        LOG_LEVEL: 'error',
        MAIL: 'off',
      },
    },
    execArgv: [],
  });
  const [{ url }] = (await once(child, 'message')) as [{ url: string }];
  return {
    url,
    stop: async () => {
      const gone = once(child, 'exit');
      child.kill('SIGTERM');
      await gone;
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** Event, plan, status, and the waiting room where there is one. */
async function pagesOf(event: string): Promise<Page[]> {
  const { seatingPlanHash } = (await (await fetch(shop.url + event)).json()) as {
    seatingPlanHash: string;
  };
  const paths = [
    event,
    `${event}/seating-plan?v=${seatingPlanHash}`,
    `${event}/seat-status`,
    `${event}/waiting-room`,
  ];
  const pages: Page[] = [];
  for (const path of paths) {
    const { status } = await fetch(shop.url + path);
    if (status !== 200) continue;
    const { stdout } = await promisify(execFile)('curl', [
      ...['-s', '-o', '/dev/null', '-w', '%{size_download}'],
      ...['-H', 'accept-encoding: gzip, deflate, br', edge.url + path],
    ]);
    pages.push({ path, bytes: Number(stdout) });
  }
  return pages;
}

/** Requests that the shop has answered so far, apart from those for its metrics. */
async function asked(url: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  return text
    .split('\n')
    .filter((line) => line.startsWith('boxoffice_http_request_duration_seconds_count'))
    .filter((line) => !line.includes('route="/metrics"'))
    .reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
}

async function wrk(paths: readonly string[]) {
  const { stdout } = await promisify(execFile)('wrk', [
    ...['-t', values.threads, '-c', values.connections, '-d', `${values.seconds}s`, '--latency'],
    ...['-s', 'bench/edge.lua', edge.url, '--', ...paths],
  ]);
  const read = (pattern: RegExp) => pattern.exec(stdout)?.[1];
  const pageViews = Number(read(/(\d+) requests in/));
  const errors = (stdout.match(/(?:connect|read|write|timeout|responses:) (\d+)/g) ?? [])
    .map((text) => Number(text.split(' ').at(-1)))
    .reduce((sum, count) => sum + count, 0);
  return {
    ...{ pageViews, errors, seconds: Number(values.seconds) },
    pageViewsPerSecond: Number(read(/Requests\/sec: +([\d.]+)/)),
    ...{
      p50: read(/50% +(\S+)/),
      p99: read(/99% +(\S+)/),
      transferPerSecond: read(/Transfer\/sec: +(\S+)/),
    },
    raw: stdout,
  };
}
