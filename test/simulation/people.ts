import type { Outcome } from '../../src/commands/seat-inventory/writer/outcome.js';
import type { SeatInventoryCommand } from '../../src/domain/seat-inventory/commands.js';
import {
  block,
  confirm,
  refund,
  reinstate,
  release,
  reserve,
  reserveBest,
  startPayment,
  unblock,
} from '../support/seat-inventory/commands.js';
import type { SimulatedNode } from './nodes.js';
import { CALM, type Weather } from './unreliable-store.js';
import type { Chance, World } from './world.js';

export interface Scene {
  readonly world: World;
  readonly nodes: readonly SimulatedNode[];
  readonly seatIds: readonly string[];
  /** Nobody begins anything new after this. Milliseconds since the epoch. */
  readonly until: number;
}

/** Requests of one wish until somebody gives up. */
const MAX_TRIES = 60;
/** In every minute there is a time when nobody asks for anything. Milliseconds. */
const MINUTE = 60_000;
const LUNCH_MS = 5_000;

/** Buys again and again: wants seats, thinks, pays or does not, wants its money back. */
export async function buyer(scene: Scene, number: number): Promise<void> {
  const chance = scene.world.chanceFor(`buyer ${number}`);
  // Some share an account.
  const by = `account-${number % 16}`;
  for (let wish = 0; scene.world.clock.now() < scene.until; wish++) {
    await pause(scene, chance.between(50, 1_500));
    await waitOutLunch(scene);
    const reserved = await askUntilTold(
      scene,
      chance,
      reservation(scene, chance, `${number}-${wish}`, by),
    );
    if (reserved?.accepted) await afterwards(scene, chance, `${number}-${wish}`, by);
  }
}

/** Takes seats off sale and puts them back. */
export async function organizer(scene: Scene): Promise<void> {
  const chance = scene.world.chanceFor('organizer');
  while (scene.world.clock.now() < scene.until) {
    await pause(scene, chance.between(5_000, 15_000));
    const seats = [chance.pick(scene.seatIds)];
    const blocked = await askUntilTold(scene, chance, () => block(seats));
    await pause(scene, chance.between(1_000, 8_000));
    if (blocked?.accepted) await askUntilTold(scene, chance, () => unblock(seats));
  }
}

type Make = (node: SimulatedNode) => SeatInventoryCommand;

function reservation(scene: Scene, chance: Chance, as: string, by: string): Make {
  if (chance.happens(0.3)) {
    const wish = chance.happens(0.5) ? { quantity: 2 } : { quantity: 1, category: 'Balcony' };
    return (node) => reserveBest(wish, { as, by, at: node.now() });
  }
  const seats = new Set(
    Array.from({ length: chance.between(1, 3) }, () => chance.pick(scene.seatIds)),
  );
  return (node) => reserve([...seats], { as, by, at: node.now() });
}

async function afterwards(scene: Scene, chance: Chance, id: string, by: string): Promise<void> {
  // A hold lasts ten seconds.
  await pause(scene, chance.between(0, 12_000));
  const what = chance.between(1, 10);
  if (what <= 2) return;
  if (what <= 4) {
    await askUntilTold(scene, chance, (node) => release(id, { by, at: node.now() }));
    return;
  }
  await askUntilTold(scene, chance, (node) => startPayment(id, { by, at: node.now() }));
  await pause(scene, chance.between(0, 10_000));
  const paid = `pay ${id}`;
  const confirmed = await askUntilTold(scene, chance, (node) =>
    confirm(id, { by, paid, at: node.now() }),
  );
  const late =
    confirmed && !confirmed.accepted && confirmed.rejection.code === 'reservation-expired';
  if (late)
    await askUntilTold(scene, chance, (node) => reinstate(id, { by: null, paid, at: node.now() }));
  await pause(scene, chance.between(100, 8_000));
  await askUntilTold(scene, chance, (node) => refund(id, { by: null, at: node.now() }));
}

/** The same wish at any node, now and then at two at once, until one says yes or no. */
async function askUntilTold(
  scene: Scene,
  chance: Chance,
  make: Make,
): Promise<Outcome | undefined> {
  for (let tried = 0; tried < MAX_TRIES; tried++) {
    const nodes = chance.happens(0.1) ? scene.nodes : [chance.pick(scene.nodes)];
    const answers = await Promise.allSettled(nodes.map((node) => node.ask(make(node))));
    for (const answer of answers) if (answer.status === 'fulfilled') return answer.value;
    await pause(scene, chance.between(50, 1_500));
  }
  return undefined;
}

const pause = ({ world }: Scene, ms: number) => world.clock.sleep(ms);

async function waitOutLunch(scene: Scene): Promise<void> {
  const intoMinute = scene.world.clock.now() % MINUTE;
  if (intoMinute < LUNCH_MS) await pause(scene, LUNCH_MS - intoMinute);
}

/**
 * Makes bad weather, kills processes and cuts cables; not more than two machines can bear at a
 * time.
 */
export async function gremlin(scene: Scene, setWeather: (weather: Weather) => void): Promise<void> {
  const chance = scene.world.chanceFor('gremlin');
  const lasting = (upTo: number) => pause(scene, chance.between(200, upTo));
  const node = () => chance.pick(scene.nodes);
  const mischief = [
    async () => {
      setWeather({
        lostRequests: 0.05,
        lostAnswers: 0.05,
        lateRequests: 0.05,
        refusals: 0.02,
        brokenReads: 0.05,
      });
      await lasting(20_000);
    },
    async () => {
      setWeather({
        lostRequests: 0.3,
        lostAnswers: 0.3,
        lateRequests: 0.3,
        refusals: 0.05,
        brokenReads: 0.2,
      });
      await lasting(8_000);
    },
    async () => {
      setWeather({ ...CALM, refusals: 1, brokenReads: 1 });
      await lasting(4_000);
    },
    async () => {
      const victim = node();
      victim.crash();
      await lasting(4_000);
      victim.restart();
    },
    async () => {
      const victim = node();
      victim.cutOff(true);
      await lasting(4_000);
      victim.cutOff(false);
    },
  ];
  while (scene.world.clock.now() < scene.until) {
    await lasting(5_000);
    await chance.pick(mischief)();
    setWeather(CALM);
  }
}
