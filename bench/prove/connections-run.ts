import { parseArgs } from 'node:util';
import { keepResults, table } from '../report.js';
import { proveConnections, type ConnectionsSettings } from './connections.js';

const HELP = `Opens and closes connections of every kind, and measures the memory that stays used.

  npm run prove:connections -- [--feeds 50000] [--connections 2000] [--at-once 200]

  --feeds N         live feeds, 10 to 1,000,000
  --connections N   connections of each other kind, 10 to 1,000,000
  --at-once N       connections that are open at once, 1 to 5,000

Ends with 0 when no kind leaves memory used, 1 when one does, 2 for wrong options. Raw results:
bench/results/.
`;

/** A process that serves grows and shrinks by so much for reasons of its own. Bytes. */
const NOISE_BYTES = 3_000_000;
/** Sockets and requests of the service's own that may come and go meanwhile. */
const NOISE_OBJECTS = 20;
const MB = 1_000_000;

/** Undefined when one of them is no whole number within its limits. */
function readSettings(): ConnectionsSettings | undefined {
  const options = {
    feeds: { type: 'string', default: '50000' },
    connections: { type: 'string', default: '2000' },
    'at-once': { type: 'string', default: '200' },
  } as const;
  const whole = (text: string, min: number, max: number) =>
    /^\d+$/.test(text) && Number(text) >= min && Number(text) <= max ? Number(text) : undefined;
  try {
    const { values } = parseArgs({ options });
    const feeds = whole(values.feeds, 10, 1_000_000);
    const connections = whole(values.connections, 10, 1_000_000);
    const atOnce = whole(values['at-once'], 1, 5_000);
    if (feeds === undefined || connections === undefined || atOnce === undefined) return undefined;
    return { feeds, connections, atOnce };
  } catch {
    return undefined;
  }
}

async function run(settings: ConnectionsSettings): Promise<number> {
  const kinds = await proveConnections({
    ...settings,
    onProgress: (kind, done, { heapUsed }) =>
      process.stdout.write(
        `${kind}: ${done.toLocaleString('en-US')}, heap ${(heapUsed / MB).toFixed(1)} MB\n`,
      ),
  });
  const rows = kinds.map(({ kind, connections, before, after }) => {
    const left = Object.entries(after.alive).map(
      ([name, count]) => count - (before.alive[name] ?? 0),
    );
    const grown = after.heapUsed - before.heapUsed;
    return {
      kind,
      connections,
      before: before.heapUsed,
      after: after.heapUsed,
      grown,
      left: Math.max(...left),
    };
  });
  const head = [
    'kind',
    'connections',
    'heap before, MB',
    'after, MB',
    'bytes each',
    'objects left',
  ];
  const cells = rows.map(({ kind, connections, before, after, grown, left }) => [
    kind,
    connections.toLocaleString('en-US'),
    (before / MB).toFixed(1),
    (after / MB).toFixed(1),
    (grown / connections).toFixed(0),
    String(left),
  ]);
  process.stdout.write(`\n${table([head, ...cells])}\n\n`);
  const leaks = rows.filter(({ grown, left }) => grown > NOISE_BYTES || left > NOISE_OBJECTS);
  for (const { kind } of leaks) process.stdout.write(`WRONG: ${kind} leaves something behind.\n`);
  if (leaks.length === 0) process.stdout.write('No kind of connection leaves anything behind.\n');
  process.stdout.write(
    `Raw results: ${await keepResults('prove-connections', { settings, rows })}\n`,
  );
  return leaks.length === 0 ? 0 : 1;
}

if (process.argv.includes('--help')) process.stdout.write(HELP);
else {
  const settings = readSettings();
  if (!settings) process.stderr.write(HELP);
  process.exitCode = settings ? await run(settings) : 2;
}
