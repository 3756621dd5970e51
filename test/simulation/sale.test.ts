import { createHash } from 'node:crypto';
import { openSeatingPlans } from '../../src/commands/seating-plan/seating-plans.js';
import { SEAT_INVENTORY, seatInventoryStream } from '../../src/domain/seat-inventory/events.js';
import { open, release } from '../support/seat-inventory/commands.js';
import { NOON, secondsAfterNoon } from '../support/seat-inventory/rules.js';
import { theatre, theatrePlan } from '../support/seat-inventory/plans.js';
import { newContext } from '../support/write-side.js';
import { Auditor } from './auditor.js';
import { startNode } from './nodes.js';
import { buyer, disturber, organizer, type Scene } from './people.js';
import { UnreliableStore } from './unreliable-store.js';
import { openWorld } from './world.js';

const BUYERS = 24;
/** Length of the sale, and of the time after it for open requests. Simulated seconds. */
const SALE_SECONDS = 600;
const AFTERWARDS_SECONDS = 200;

interface Ending {
  readonly auditor: Auditor;
  readonly store: UnreliableStore;
  readonly moments: number;
  readonly crowdServed: boolean;
  /** Revision that each node knows, and that a new one reads. */
  readonly known: readonly (bigint | undefined)[];
  readonly logHash: string;
}

/** A sale of twenty seats to 24 buyers over two nodes, with faults of every kind. */
async function simulate(seed: number): Promise<Ending> {
  const world = openWorld(seed, NOON);
  const store = new UnreliableStore(world);
  const auditor = new Auditor(theatre);
  const eventId = 'simulated';
  const stream = seatInventoryStream(eventId);
  store.onWritten((event) => {
    if (event.stream === stream) auditor.read(event);
  });
  const parts = { world, store, auditor, eventId };
  const nodes = [
    startNode({ ...parts, name: 'a', skew: 0 }),
    startNode({ ...parts, name: 'b', skew: 1_700 }),
  ];

  let moments = 0;
  const run = async (seconds: number) => {
    moments += await world.run(secondsAfterNoon(seconds), () => {
      if (auditor.findings.length > 0)
        throw new Error(`Seed ${seed}: ${auditor.findings.join('\n')}`);
    });
  };
  const rules = { eventId, holdSeconds: 10, holdCapSeconds: 20, maxSeatsPerCustomer: 4 };
  const opening = openSeatingPlans(store.connect({ dead: false, cutOff: false }))
    .store(theatrePlan, newContext())
    .then(() => nodes[0]!.ask(open(rules)));
  await run(1);
  expect(await opening).toMatchObject({ accepted: true, written: true });

  const scene: Scene = {
    world,
    nodes,
    seatIds: theatre.seatIds,
    until: secondsAfterNoon(SALE_SECONDS),
  };
  let crowdServed = false;
  const people = Array.from({ length: BUYERS }, (_, number) => buyer(scene, number));
  void Promise.all([
    ...people,
    organizer(scene),
    disturber(scene, (weather) => store.setWeather(weather)),
  ]).then(() => (crowdServed = true));
  await run(SALE_SECONDS + AFTERWARDS_SECONDS);

  const cold = startNode({ ...parts, name: 'cold', skew: 0 });
  const all = [...nodes, cold];
  const asked = Promise.allSettled(all.map((node) => node.ask(release('nobody'))));
  await run(SALE_SECONDS + AFTERWARDS_SECONDS + 10);
  await asked;
  const known = all.map((node) => node.knownRevision());
  const stopped = Promise.all(all.map((node) => node.stop()));
  await run(SALE_SECONDS + AFTERWARDS_SECONDS + 20);
  await stopped;
  const text = store.log.map(
    (event) => `${event.stream} ${event.revision} ${event.id} ${JSON.stringify(event.data)}`,
  );
  const logHash = createHash('sha256').update(text.join('\n')).digest('hex');
  return { auditor, store, moments, crowdServed, known, logHash };
}

/** One fixed seed, and one random seed; `SIM_SEED` repeats a run. */
const KNOWN_SEED = 1;
const seeds = process.env.SIM_SEED
  ? [Number(process.env.SIM_SEED)]
  : [KNOWN_SEED, Math.floor(Math.random() * 2 ** 31)];

describe.each(seeds)('A simulated sale, SIM_SEED=%d', (seed) => {
  let ending: Ending;
  beforeAll(async () => {
    const began = performance.now();
    ending = await simulate(seed);
    const { auditor, store, moments } = ending;
    const ms = (performance.now() - began).toFixed(0);
    const figures = `${store.log.length} domain events, ${store.conflicts} conflicts in ${ms} ms`;
    console.info(
      `SIM_SEED=${seed}: ${moments} moments, ${figures}\n`,
      Object.fromEntries([...auditor.tally].sort()),
    );
  });

  it('gives every answer by the log, and sells no seat twice', () =>
    expect(ending.auditor.findings).toEqual([]));

  it('serves everybody in the end, and lets no hold outlive its time', () => {
    expect(ending.crowdServed).toBe(true);
    expect([...ending.auditor.proof().statusOf.values()]).not.toContain('held');
  });

  it('leaves every node, and a new one, with the log as it is', () => {
    const { length } = ending.store.log.filter(({ stream }) => stream.startsWith(SEAT_INVENTORY));
    expect(ending.known).toEqual(Array.from({ length: 3 }, () => BigInt(length - 1)));
  });

  it('happens again exactly so', async () =>
    expect((await simulate(seed)).logHash).toBe(ending.logHash));

  // Another sale may happen to lose no answer, and proves as much.
  if (seed === KNOWN_SEED)
    it('was worth watching: much was sold, refused, lost and fought over', () => {
      const { tally } = ending.auditor;
      expect(tally.get('written')).toBeGreaterThan(500);
      const happenings = [
        'seats-unavailable',
        'too-many-seats',
        'done before',
        'OutcomeUnknown',
        'unheard',
      ];
      expect(happenings.filter((happened) => !tally.has(happened))).toEqual([]);
      expect(ending.store.conflicts).toBeGreaterThan(20);
    });
});
