import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { SingleBar } from 'cli-progress';
import pg from 'pg';
import { startEmbeddedPostgres } from '../src/adapters/postgres/embedded-postgres.js';
import { openOpenSearch } from '../src/adapters/search/opensearch.js';
import { openPostgresSearch } from '../src/adapters/search/postgres.js';
import { systemClock } from '../src/adapters/system/clock.js';
import { seededChance } from '../src/demo/crowd/seeded-chance.js';
import { SearchUnavailable, type SearchIndex } from '../src/ports/search/search-index.js';
import { openEventSearch, type EventSearch } from '../src/read-models/search/event-search.js';
import { migrate } from '../src/read-models/tables/migrate.js';
import { keepResults, percentile, table } from './report.js';
import { generateEvents, type GeneratedEvents } from './search-events.js';
import { beginningsOf, searchesOf } from './search-queries.js';

const HELP = `Fills the search with generated events in real cities, and measures queries.

  npm run bench:search -- [--events 1000000] [--engine opensearch,postgres] [--queries 2000]
                          [--clients 1,8,32] [--heap 2g] [--url http://…]

Starts an OpenSearch with that heap unless --url names one. Times are without HTTP and without
reading the hits from the tables.
`;

const SEED = 20_270_110;
const SET = 'v1';
const BATCH = 2_000;
const WARM_UP = 300;

const { values } = parseArgs({
  options: {
    events: { type: 'string', default: '1000000' },
    engine: { type: 'string', default: 'opensearch,postgres' },
    queries: { type: 'string', default: '2000' },
    clients: { type: 'string', default: '1,8,32' },
    heap: { type: 'string', default: '2g' },
    url: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  process.stdout.write(HELP);
  process.exit(0);
}
const events = Number(values.events);
const queries = Number(values.queries);
const clients = values.clients.split(',').map(Number);
const say = (text: string) => void process.stderr.write(`${text}\n`);

interface Engine {
  index: SearchIndex;
  /** Waits until what the filling has left to do is done. */
  settle(): Promise<void>;
  /** Throws away what it keeps in memory. */
  cool(): Promise<void>;
  stop(): Promise<void>;
}

interface Run {
  readonly what: 'search' | 'suggest';
  readonly state: 'cold' | 'warm';
  readonly clients: number;
  /** Given up by the engine. */
  readonly failed: number;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

async function openEngine(name: string): Promise<Engine | undefined> {
  if (name === 'postgres') return openPostgres();
  const service = values.url
    ? { env: { TEST_OPENSEARCH_URL: values.url }, stop: () => Promise.resolve() }
    : await startNode();
  if ('unavailable' in service) {
    say(`opensearch is left out: ${service.unavailable}`);
    return undefined;
  }
  const url = service.env.TEST_OPENSEARCH_URL!;
  const index = openOpenSearch({ url, alias: 'bench-events', clock: systemClock });
  return {
    index,
    settle: async () =>
      void (await fetch(`${url}/bench-events-${SET}/_forcemerge?max_num_segments=4`, {
        method: 'POST',
      })),
    cool: async () => void (await fetch(`${url}/_cache/clear`, { method: 'POST' })),
    stop: async () => {
      await index.remove(SET).catch(() => {});
      await index.close();
      await service.stop();
    },
  };
}

interface Service {
  readonly env: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

async function startNode(): Promise<Service | { readonly unavailable: string }> {
  const path = join(process.cwd(), 'scripts/services/opensearch.js');
  const { start } = (await import(path)) as {
    start(options: object): Promise<Service | { readonly unavailable: string }>;
  };
  return start({ log: say, heap: values.heap });
}

async function openPostgres(): Promise<Engine> {
  const directory = await mkdtemp(join(tmpdir(), 'boxoffice-bench-search-'));
  const options = { dataDirectory: join(directory, 'postgres'), log: () => {} };
  let postgres = await startEmbeddedPostgres(options);
  await migrate(postgres.url);
  const open = () => openPostgresSearch({ connectionString: postgres.url, poolSize: 8, warn: say });
  const engine: Engine = {
    index: open(),
    settle: async () => {
      const client = new pg.Client({ connectionString: postgres.url });
      await client.connect();
      await client.query('vacuum analyze');
      await client.end();
    },
    cool: async () => {
      await engine.index.close();
      await postgres.stop();
      postgres = await startEmbeddedPostgres(options);
      engine.index = open();
    },
    stop: async () => {
      await engine.index.close();
      await postgres.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
  return engine;
}

async function fill({ index, settle }: Engine, generated: GeneratedEvents): Promise<number> {
  await index.prepare(SET);
  const bar = new SingleBar({
    format: `${index.engine} {bar} {value}/{total} events, {eta_formatted} left`,
    noTTYOutput: true,
    notTTYSchedule: 10_000,
  });
  bar.start(events, 0);
  const began = performance.now();
  // The next are made while the engine takes these.
  let taken: Promise<void> = Promise.resolve();
  for (let from = 0; from < events; from += BATCH) {
    const to = Math.min(events, from + BATCH);
    const documents = generated.documents(from, to);
    await taken;
    bar.update(from);
    taken = index.put(SET, documents, { found: to === events ? 'at-once' : 'soon' });
    await new Promise(setImmediate);
  }
  await taken;
  bar.update(events);
  bar.stop();
  await index.serve(SET);
  await settle();
  return (performance.now() - began) / 1_000;
}

/** All of them once, so many at a time. Milliseconds each. */
async function ask<T>(
  wishes: readonly T[],
  atOnce: number,
  one: (wish: T) => Promise<unknown>,
): Promise<{ took: number[]; seconds: number; failed: number }> {
  const next = wishes.values();
  const took: number[] = [];
  let failed = 0;
  const began = performance.now();
  const client = async () => {
    for (const wish of next) {
      const asked = performance.now();
      // Given up by the engine after its limit: it counts with the time that it took, and as
      // failed.
      await one(wish).catch((error: unknown) => {
        if (!(error instanceof SearchUnavailable)) throw error;
        failed++;
      });
      took.push(performance.now() - asked);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, client));
  return { took, failed, seconds: (performance.now() - began) / 1_000 };
}

const searchingIn = (index: SearchIndex): EventSearch =>
  openEventSearch(
    index,
    { byIds: () => Promise.resolve(new Map()), begunOnSale: () => Promise.resolve([]) },
    systemClock,
  );

async function measure(engine: Engine, generated: GeneratedEvents): Promise<Run[]> {
  const runs: Run[] = [];
  for (const what of ['search', 'suggest'] as const) {
    for (const state of ['cold', 'warm'] as const) {
      for (const atOnce of clients) {
        // Others each time, so that no answer is one that was kept.
        const chance = seededChance(SEED + atOnce + (state === 'cold' ? 1_000 : 0));
        if (state === 'cold') await engine.cool();
        const searching = searchingIn(engine.index);
        const search = (wish: Parameters<EventSearch['search']>[0]) => searching.search(wish);
        const suggest = (q: string) => searching.suggest(q, 10);
        if (state === 'warm') {
          await ask(searchesOf(generated, seededChance(SEED - 1), WARM_UP), atOnce, search);
          await ask(beginningsOf(generated, seededChance(SEED - 1), WARM_UP), atOnce, suggest);
        }
        const count = state === 'cold' ? Math.min(queries, 200) : queries;
        const { took, failed, seconds } =
          what === 'search'
            ? await ask(searchesOf(generated, chance, count), atOnce, search)
            : await ask(beginningsOf(generated, chance, count), atOnce, suggest);
        runs.push({
          ...{ what, state, clients: atOnce, failed, perSecond: count / seconds },
          ...{
            p50Ms: percentile(took, 0.5),
            p99Ms: percentile(took, 0.99),
            maxMs: Math.max(...took),
          },
        });
        say(JSON.stringify(runs.at(-1)));
      }
    }
  }
  return runs;
}

const generated = generateEvents(SEED);
const results: Record<string, { loadSeconds: number; runs: Run[] }> = {};
for (const name of values.engine.split(',')) {
  const engine = await openEngine(name);
  if (!engine) continue;
  try {
    const loadSeconds = await fill(engine, generated);
    say(`${name}: ${events} events in ${loadSeconds.toFixed(0)} s`);
    results[name] = { loadSeconds, runs: await measure(engine, generated) };
  } finally {
    await engine.stop();
  }
}
const rows = Object.entries(results).flatMap(([name, { runs }]) =>
  runs.map(({ what, state, clients, failed, perSecond, p50Ms, p99Ms, maxMs }) => [
    ...[name, what, state, clients, perSecond, p50Ms, p99Ms, maxMs, failed],
  ]),
);
console.log(
  table([
    ['engine', 'what', 'state', 'clients', 'per second', 'p50 ms', 'p99 ms', 'max ms', 'given up'],
    ...rows,
  ]),
);
console.log(await keepResults('search', { events, queries, heap: values.heap, results }));
