import { keepResults } from '../report.js';
import { HOSTILE_BODIES, largeVenue, proveBodies, type BodiesProof, type Looks } from './bodies.js';

const HELP = `Sends large bodies to POST /v1/venues at once, and measures the latency of other
requests.

  npm run prove:bodies

100 hostile bodies of 32 MiB, then ten stadiums of 94,000 seats with twenty unknown keys each. Ends
with 0 when /health/live answers 99 of 100 requests within 100 ms during the hostile ones and all
stadiums are registered, else with 1.
`;

const HOSTILE = 100;
const STADIUMS = 10;
const SEATS = 94_000;
const MAX_P99_MS = 100;

const say = (text: string) => void process.stdout.write(`${text}\n`);

function tell(what: string, { quiet, busy, seconds, statuses }: BodiesProof): void {
  const inWords = ({ p50, p99, worst, looks }: Looks) =>
    `p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms, longest ${worst.toFixed(0)} ms of ` +
    `${looks}`;
  say(`${what}: answered ${JSON.stringify(statuses)} in ${seconds.toFixed(1)} s`);
  say(`  /health/live before: ${inWords(quiet)}`);
  say(`  /health/live meanwhile: ${inWords(busy)}`);
}

async function run(): Promise<number> {
  const kinds = Object.entries(HOSTILE_BODIES).map(([, make]) => make());
  const hostile = await proveBodies(
    Array.from({ length: HOSTILE }, (_, at) => kinds[at % kinds.length]!),
  );
  tell(`${HOSTILE} hostile bodies of 32 MiB`, hostile);
  const stadium = largeVenue(SEATS);
  const honest = await proveBodies(Array.from({ length: STADIUMS }, () => stadium));
  tell(
    `${STADIUMS} stadiums of ${SEATS} seats (${(stadium.length / 2 ** 20).toFixed(1)} MiB)`,
    honest,
  );
  const isRight =
    hostile.busy.p99 < MAX_P99_MS &&
    (hostile.statuses['400'] ?? 0) + (hostile.statuses['422'] ?? 0) === HOSTILE &&
    honest.statuses['201'] === STADIUMS;
  say(isRight ? 'All is as it has to be.' : 'WRONG: see above.');
  say(`Raw results: ${await keepResults('prove-bodies', { hostile, honest })}`);
  return isRight ? 0 : 1;
}

if (process.argv.includes('--help')) process.stdout.write(HELP);
else process.exitCode = await run();
