import { gzipSync } from 'node:zlib';
import { parse } from 'secure-json-parse';
import { isSmall, passedLimit, SMALL, type JsonLimits } from '../../domain/shared/json-size.js';
import { importSeatingPlan } from '../../domain/seating-plan/import/import.js';
import { preparePlan } from '../../domain/seating-plan/prepared-plan.js';
import type { PlanOfBody, ReadVenue } from '../../ports/venue/venue-reader.js';

/**
 * Limits that allow 250,000 seats with positions, and 94,000 seats with twenty more keys each. A
 * plan has nine levels and thirty different keys.
 */
export const VENUE_LIMITS: JsonLimits = {
  depth: 32,
  containers: 2_000_000,
  values: 4_000_000,
  keysOfObject: 1_000,
  names: 10_000,
};

/** Reads a body of `POST /v1/venues`. The largest takes seconds. */
export function readVenue(body: Uint8Array): ReadVenue {
  const passed = passedLimit(body, VENUE_LIMITS);
  if (passed)
    return {
      read: 'too-large',
      limit: passed.limit,
      part: passed.member === 'seatingPlan' ? 'plan' : 'venue',
    };
  let value: unknown;
  try {
    value = parse(new TextDecoder('utf-8', { fatal: true }).decode(body), {
      protoAction: 'error',
      constructorAction: 'error',
    });
  } catch {
    return { read: 'malformed' };
  }
  const { plan, venue } = withoutPlan(value);
  if (!isSmall(venue, SMALL))
    return {
      read: 'too-large',
      part: 'venue',
      limit: `at most ${SMALL.depth} levels and ${SMALL.values} values beside the seating plan`,
    };
  return { read: 'whole', venue, plan: plan === undefined ? undefined : packed(plan) };
}

function withoutPlan(value: unknown): { plan: unknown; venue: unknown } {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return { plan: undefined, venue: value };
  const { seatingPlan, ...venue } = value as { seatingPlan?: unknown };
  return { plan: seatingPlan, venue };
}

function packed(source: unknown): PlanOfBody {
  const imported = importSeatingPlan(source);
  if (!imported.ok) return { problems: imported.problems };
  const { canonical, ...prepared } = preparePlan(imported.plan);
  return { ...prepared, encoded: gzipSync(canonical).toString('base64') };
}
