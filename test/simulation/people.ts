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
  /** No request begins after this. Milliseconds since the epoch. */
  readonly until: number;
}

/** Requests of one command until the caller gives up. */
const MAX_TRIES = 60;
const MINUTE_MS = 60_000;
/** In every minute, nobody sends requests for so long. Milliseconds. */
const QUIET_MS = 5_000;

/** Buys again and again: wants seats, thinks, pays or does not, wants its money back. */
export async function buyer(scene: Scene, number: number): Promise<void> {
  const chance = scene.world.chanceFor(`buyer ${number}`);
  // Some share an account.
  const by = `account-${number % 16}`;
  for (let request = 0; scene.world.clock.now() < scene.until; request++) {
    await pause(scene, chance.between(50, 1_500));
    await waitOutQuietTime(scene);
    const reserved = await askUntilAnswered(
      scene,
      chance,
      reservation(scene, chance, `${number}-${request}`, by),
    );
    if (reserved?.accepted) await afterwards(scene, chance, `${number}-${request}`, by);
  }
}

/** Takes seats off sale and puts them back. */
export async function organizer(scene: Scene): Promise<void> {
  const chance = scene.world.chanceFor('organizer');
  while (scene.world.clock.now() < scene.until) {
    await pause(scene, chance.between(5_000, 15_000));
    const seats = [chance.pick(scene.seatIds)];
    const blocked = await askUntilAnswered(scene, chance, () => block(seats));
    await pause(scene, chance.between(1_000, 8_000));
    if (blocked?.accepted) await askUntilAnswered(scene, chance, () => unblock(seats));
  }
}

type Make = (node: SimulatedNode) => SeatInventoryCommand;

function reservation(scene: Scene, chance: Chance, as: string, by: string): Make {
  if (chance.happens(0.3)) {
    const selection = chance.happens(0.5) ? { quantity: 2 } : { quantity: 1, category: 'Balcony' };
    return (node) => reserveBest(selection, { as, by, at: node.now() });
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
    await askUntilAnswered(scene, chance, (node) => release(id, { by, at: node.now() }));
    return;
  }
  await askUntilAnswered(scene, chance, (node) => startPayment(id, { by, at: node.now() }));
  await pause(scene, chance.between(0, 10_000));
  const paid = `pay ${id}`;
  const confirmed = await askUntilAnswered(scene, chance, (node) =>
    confirm(id, { by, paid, at: node.now() }),
  );
  const late =
    confirmed && !confirmed.accepted && confirmed.rejection.code === 'reservation-expired';
  if (late)
    await askUntilAnswered(scene, chance, (node) =>
      reinstate(id, { by: null, paid, at: node.now() }),
    );
  await pause(scene, chance.between(100, 8_000));
  await askUntilAnswered(scene, chance, (node) => refund(id, { by: null, at: node.now() }));
}

/** Sends the command to any node, now and then to two at once, until one answers. */
async function askUntilAnswered(
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

async function waitOutQuietTime(scene: Scene): Promise<void> {
  const intoMinute = scene.world.clock.now() % MINUTE_MS;
  if (intoMinute < QUIET_MS) await pause(scene, QUIET_MS - intoMinute);
}

/** Disturbs the store, kills processes and cuts connections, one fault at a time. */
export async function disturber(
  scene: Scene,
  setWeather: (weather: Weather) => void,
): Promise<void> {
  const chance = scene.world.chanceFor('disturber');
  const lasting = (upTo: number) => pause(scene, chance.between(200, upTo));
  const node = () => chance.pick(scene.nodes);
  const faults = [
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
    await chance.pick(faults)();
    setWeather(CALM);
  }
}
