import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { LRUCache } from 'lru-cache';
import type { SeatingPlans } from '../../commands/seating-plan/seating-plans.js';
import { layoutDocument } from '../../domain/seating-plan/layout-document.js';
import { openSeatingMaps, type SeatingMaps } from './seating-maps.js';

/** Maximum of zipped plans in memory. Bytes. */
const MAX_PLAN_BYTES = 64 * 1024 * 1024;

/** Large JSON documents, each built once and sent to many clients. */
export interface SeatingDocuments {
  /** The layout document of a seating plan, with gzip. */
  zipped(seatingPlanHash: string): Promise<Buffer>;
  plain(seatingPlanHash: string): Promise<Buffer>;
  /** Layout and status together. */
  readonly map: SeatingMaps['of'];
}

export function openSeatingDocuments(plans: SeatingPlans): SeatingDocuments {
  const zippedPlans = new LRUCache<string, Buffer>({
    maxSize: MAX_PLAN_BYTES,
    sizeCalculation: ({ length }) => length,
  });
  const zipping = new Map<string, Promise<Buffer>>();
  const maps = openSeatingMaps();

  const zip = async (hash: string): Promise<Buffer> => {
    const { plan, layout } = await plans.load(hash);
    const zipped = await promisify(gzip)(JSON.stringify(layoutDocument(layout, plan)));
    zippedPlans.set(hash, zipped);
    return zipped;
  };

  const zipped = async (hash: string): Promise<Buffer> => {
    const known = zippedPlans.get(hash);
    if (known) return known;
    const underWay = zipping.get(hash) ?? zip(hash).finally(() => zipping.delete(hash));
    zipping.set(hash, underWay);
    return underWay;
  };

  return {
    zipped,
    plain: async (hash) => promisify(gunzip)(await zipped(hash)),
    map: maps.of,
  };
}
