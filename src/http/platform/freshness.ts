import { ApiQuery } from '@nestjs/swagger';
import type { InventoryWriters } from '../../commands/seat-inventory/writer/inventory-writers.js';
import type { LiveSeatStatus } from '../../read-models/seat-inventory/live-seat-status.js';
import { Problem } from '../problems/problems.js';
import { invalid } from '../validation/validate.js';

/** Longest wait for a revision that the caller asked for. Milliseconds. */
export const ASKED_WAIT_MS = 2_000;
/**
 * Longest wait for a revision that this process wrote, when the caller named none. Milliseconds.
 */
const OWN_WAIT_MS = 1_000;
const REVISION = /^\d{1,15}$/;

/** Lets a caller read its own writes, for queries about one event. */
export interface Freshness {
  /**
   * Waits until the read model of this event shows revision `atLeast`. Without `atLeast`, waits
   * briefly for the newest revision that this process wrote. Returns the revision that an answer
   * should have at least.
   * @throws Problem `read-model-behind`, `event-not-found`
   */
  wait(eventId: string, atLeast: number | undefined): Promise<number>;
}

export function openFreshness(live: LiveSeatStatus, writers: InventoryWriters): Freshness {
  const knownHere = (eventId: string) => {
    const revision = writers.knownRevision(eventId);
    return revision === undefined ? undefined : Number(revision);
  };
  return {
    wait: async (eventId, atLeast) => {
      const known = knownHere(eventId);
      if (atLeast === undefined) {
        if (known !== undefined) await live.reached(eventId, known, OWN_WAIT_MS);
        return known ?? 0;
      }
      if (await live.reached(eventId, atLeast, ASKED_WAIT_MS)) return atLeast;
      const exists = known !== undefined || (await live.board(eventId)) !== undefined;
      throw new Problem(exists ? 'read-model-behind' : 'event-not-found');
    },
  };
}

/** Documents the query parameter `atLeast`. */
export const AtLeast = (description = 'A revision to wait for'): MethodDecorator =>
  ApiQuery({
    name: 'atLeast',
    required: false,
    schema: { type: 'integer', minimum: 0 },
    description,
  });

/** Description for lists, which need `eventId` too: a revision belongs to one event. */
export const AT_LEAST_OF_EVENT = 'A revision of the event `eventId` to wait for';

/**
 * Reads the query parameter `atLeast` of a list, which requires `eventId`.
 * @throws Problem `validation-failed`
 */
export function readAtLeastOf(eventId: string | undefined, value: unknown): number | undefined {
  const atLeast = readAtLeast(value);
  if (atLeast === undefined || eventId !== undefined) return atLeast;
  throw invalid([
    { path: 'eventId', message: 'is required with atLeast, which is a revision of one event' },
  ]);
}

/** Reads the query parameter `atLeast`. @throws Problem `validation-failed` */
export function readAtLeast(value: unknown): number | undefined {
  if (value === undefined) return undefined;
  if (typeof value === 'string' && REVISION.test(value)) return Number(value);
  throw invalid([{ path: 'atLeast', message: 'must be a revision: a whole number from 0' }]);
}
