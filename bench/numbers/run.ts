import { parseArgs } from 'node:util';
import { keepResults, table } from '../report.js';
import { startNode } from './node.js';
import { idleRate, takeNumbers } from './taking.js';

const HELP = `Takes number tickets from one node over HTTP, all at once, one for each account.

  npm run bench:numbers -- [--requests 100000] [--connections 256] [--rounds 3]
                           [--redis redis://localhost:6379] [--keep]
`;
/** Target. */
const PER_SECOND = 5_000;
/** Requests that measure how fast this machine is at the moment. */
const IDLE_REQUESTS = 20_000;

const { values } = parseArgs({
  options: {
    requests: { type: 'string', default: '100000' },
    connections: { type: 'string', default: '256' },
    rounds: { type: 'string', default: '3' },
    redis: { type: 'string' },
    keep: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) process.stdout.write(HELP);
else await run();

async function run(): Promise<void> {
  const node = await startNode({ ...(values.redis && { REDIS_URL: values.redis }) });
  const runs = [];
  try {
    const tokens = node.tokens(Number(values.requests));
    for (let round = 0; round < Number(values.rounds); round++) {
      const idle = await idleRate(node.url, IDLE_REQUESTS, Number(values.connections));
      const taking = await takeNumbers(
        node.url,
        await node.openRoom(),
        tokens,
        Number(values.connections),
      );
      runs.push({ ...taking, ofIdle: taking.perSecond / idle });
      process.stderr.write(`round ${round + 1}: ${Math.round(runs.at(-1)!.perSecond)} a second\n`);
    }
  } finally {
    await node.stop();
  }
  const rows = runs.map((one) => [
    one.requests,
    one.perSecond,
    one.ofIdle,
    one.p50,
    one.p99,
    one.failed,
    one.wrong,
    one.overtaken,
  ]);
  const head = [
    'numbers',
    'a second',
    'of idle',
    'p50 ms',
    'p99 ms',
    'failed',
    'wrong',
    'overtaken',
  ];
  process.stdout.write(`${table([head, ...rows])}\n`);
  const best = Math.max(...runs.map(({ perSecond }) => perSecond));
  if (values.keep)
    await keepResults('numbers', { redis: values.redis !== undefined, target: PER_SECOND, runs });
  const sound = runs.every(({ failed, wrong, overtaken }) => failed + wrong + overtaken === 0);
  process.exitCode = sound && best >= PER_SECOND ? 0 : 1;
}
