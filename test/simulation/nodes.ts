import type { CommandContext } from '../../src/commands/shared/context.js';
import type { Outcome } from '../../src/commands/seat-inventory/writer/outcome.js';
import {
  openInventoryWriters,
  type InventoryWriters,
} from '../../src/commands/seat-inventory/writer/inventory-writers.js';
import { openSeatingPlans } from '../../src/commands/seating-plan/seating-plans.js';
import type { SeatInventoryCommand } from '../../src/domain/seat-inventory/commands.js';
import type { Clock } from '../../src/ports/system/clock.js';
import type { Randomness } from '../../src/ports/system/randomness.js';
import { startHoldExpiry } from '../../src/processes/seat-inventory/hold-expiry.js';
import type { Auditor } from './auditor.js';
import type { Process, UnreliableStore } from './unreliable-store.js';
import type { World } from './world.js';

/**
 * A machine of the simulated world that runs Boxoffice: its real writers, and its real expiry of
 * holds.
 */
export interface SimulatedNode {
  /** Milliseconds since the epoch by the clock of this machine. */
  now(): number;
  /** @throws ConnectionLost when the process dies before it answers */
  ask(command: SeatInventoryCommand): Promise<Outcome>;
  /** The process is gone from one moment to the next. */
  crash(): void;
  /** A new process, which has nothing but the log and the snapshots. */
  restart(): void;
  cutOff(yes: boolean): void;
  knownRevision(): bigint | undefined;
  /** Ends without a crash. */
  stop(): Promise<void>;
}

export class ConnectionLost extends Error {
  override name = 'ConnectionLost';
}

interface Running {
  readonly process: { dead: boolean; cutOff: boolean };
  readonly writers: InventoryWriters;
  readonly expiry: { stop(): Promise<void> };
  /** Rejects when the process dies. */
  readonly death: Promise<never>;
  die(): void;
}

export interface NodeParts {
  world: World;
  store: UnreliableStore;
  auditor: Auditor;
  eventId: string;
  name: string;
  /** How far the clock of this machine is ahead. Milliseconds. */
  skew: number;
}

/** Small, so that a simulated crowd fills them. */
const LIMITS = { maxMailbox: 12, maxBatch: 6, maxConflicts: 4 };

export function startNode(parts: NodeParts): SimulatedNode {
  const { world, auditor, eventId, name, skew } = parts;
  const { randomness } = world.chanceFor(`node ${name}`);
  const now = () => world.clock.now() + skew;

  const ask = async (
    { writers, death }: Running,
    command: SeatInventoryCommand,
  ): Promise<Outcome> => {
    const context = contextOf(randomness.uuid());
    const asked = auditor.asked(command, context);
    try {
      const outcome = await Promise.race([writers.execute(eventId, command, context), death]);
      auditor.answered(asked, outcome);
      return outcome;
    } catch (error) {
      if (error instanceof ConnectionLost) auditor.unheard(asked);
      else auditor.failed(asked, error as Error);
      throw error;
    }
  };

  let running = boot(parts, now, randomness, (process, command) => ask(process, command));
  return {
    now,
    ask: (command) => ask(running, command),
    crash: () => running.die(),
    restart: () => {
      running = boot(parts, now, randomness, (process, command) => ask(process, command));
    },
    cutOff: (yes) => {
      running.process.cutOff = yes;
    },
    knownRevision: () => running.writers.knownRevision(eventId),
    stop: async () => {
      await running.expiry.stop();
      await running.writers.close();
    },
  };
}

function boot(
  { world, store, auditor, eventId }: NodeParts,
  now: () => number,
  randomness: Randomness,
  ask: (running: Running, command: SeatInventoryCommand) => Promise<Outcome>,
): Running {
  const process = { dead: false, cutOff: false };
  const eventStore = store.connect(process);
  const clock = clockOf(process, now, world);
  const writers = openInventoryWriters({
    eventStore,
    snapshots: store.snapshots,
    plans: openSeatingPlans(eventStore),
    clock,
    randomness,
    limits: LIMITS,
  });
  const expiry = startHoldExpiry({
    overdueHolds: async (at) => {
      const { holds, reservations } = auditor.inventory;
      const overdue = [...holds]
        .map((number) => reservations.get(number)!)
        .filter(({ expiresAt }) => expiresAt <= at);
      return overdue.length === 0 ? [] : [{ eventId, reservationIds: overdue.map(({ id }) => id) }];
    },
    withLock: async (work) => {
      await work();
      return true;
    },
    execute: ({ reservationIds }) =>
      ask(running, { type: 'ExpireReservations', reservationIds, now: now() }),
    clock,
    randomness,
    warn: () => {},
  });
  let lose: (error: Error) => void;
  const death = new Promise<never>((_, reject) => (lose = reject));
  death.catch(() => {});
  const die = () => {
    process.dead = true;
    lose(new ConnectionLost());
  };
  const running: Running = { process, writers, expiry, death, die };
  return running;
}

/** Time stands still for the dead. */
function clockOf(process: Process, now: () => number, { clock }: World): Clock {
  return {
    now,
    sleep: async (ms, signal) => {
      await clock.sleep(ms, signal);
      if (process.dead) await new Promise(() => {});
    },
  };
}

const contextOf = (commandId: string): CommandContext => ({
  commandId,
  correlationId: commandId,
  causationId: commandId,
  actor: { id: 'simulation', role: 'system' },
});
