import { LRUCache } from 'lru-cache';
import { seatInventoryStream } from '../../../domain/seat-inventory/events.js';
import { emptyInventory } from '../../../domain/seat-inventory/state/state.js';
import type { StreamWentBack } from '../../../ports/event-store/log-identity.js';
import { NO_STREAM } from '../../shared/append-once.js';
import { InventoryWriter, type WriterParts } from './inventory-writer.js';
import { loadInventory, type FromLog, type LoadingParts } from './load-inventory.js';
import { estimateBytes, type LoadedInventory } from './loaded-inventory.js';

/** Growth after which the size of an inventory is measured again. */
const GROWTH = 1.1;

export interface InventoryCacheParts
  extends LoadingParts, Pick<WriterParts, 'randomness' | 'limits' | 'stats'> {
  /** Estimated bytes of all inventories in memory. */
  maxBytes: number;
  /** Called after each committed append. */
  onWritten(stream: string, loaded: LoadedInventory): void;
}

/**
 * Inventories in memory, one writer each, loaded at their first use. The least recently used one is
 * dropped first and loaded again when needed.
 */
export interface InventoryCache {
  /** Undefined if the stream does not exist. @throws EventStoreUnavailable */
  find(eventId: string): Promise<LoadedInventory | undefined>;
  /** Like `find`, with an empty inventory for a stream that does not exist yet. */
  findOrCreate(eventId: string, seatingPlanHash: string): Promise<LoadedInventory>;
  /** Returns an inventory only if it is in memory, and counts this as use. */
  get(eventId: string): LoadedInventory | undefined;
  /** Returns an inventory only if it is in memory. */
  peek(eventId: string): LoadedInventory | undefined;
  /** Removes an inventory whose stream has gone back, for example after a restore from a backup. */
  drop(eventId: string, loaded: LoadedInventory, reason: StreamWentBack): void;
  dropAll(): void;
}

export function openInventoryCache(parts: InventoryCacheParts): InventoryCache {
  const { plans, maxBytes, warn } = parts;
  const inventories = new LRUCache<string, LoadedInventory>({
    maxSize: maxBytes,
    // Keeps the largest inventory even if it alone exceeds the limit: it is the one that sells.
    sizeCalculation: ({ bytes }) => Math.min(bytes, maxBytes),
  });
  const loading = new Map<string, Promise<LoadedInventory | undefined>>();

  const start = (eventId: string, folded: FromLog): LoadedInventory => {
    const loaded = startWriter(parts, eventId, folded, () => measure(eventId, loaded));
    inventories.set(eventId, loaded);
    return loaded;
  };

  /** Measures an inventory again when it has grown, so that others are dropped for it. */
  const measure = (eventId: string, loaded: LoadedInventory) => {
    const bytes = estimateBytes(loaded.writer.inventory);
    // A dropped inventory completes its work, but must not replace the one loaded since.
    if (bytes < GROWTH * loaded.bytes || inventories.peek(eventId) !== loaded) return;
    loaded.bytes = bytes;
    inventories.delete(eventId);
    inventories.set(eventId, loaded);
  };

  const load = async (eventId: string): Promise<LoadedInventory | undefined> => {
    const folded = await loadInventory(parts, seatInventoryStream(eventId));
    return folded && (inventories.get(eventId) ?? start(eventId, folded));
  };

  const find = async (eventId: string): Promise<LoadedInventory | undefined> => {
    const loaded = inventories.get(eventId);
    if (loaded) return loaded;
    const inProgress = loading.get(eventId) ?? load(eventId).finally(() => loading.delete(eventId));
    loading.set(eventId, inProgress);
    return inProgress;
  };

  return {
    find,
    findOrCreate: async (eventId, seatingPlanHash) => {
      const loaded = await find(eventId);
      if (loaded) return loaded;
      const { layout } = await plans.load(seatingPlanHash);
      const inventory = emptyInventory(layout);
      const empty = { inventory, revision: NO_STREAM, lastEventId: '', snapshotRevision: -1n };
      return inventories.get(eventId) ?? start(eventId, empty);
    },
    get: (eventId) => inventories.get(eventId),
    peek: (eventId) => inventories.peek(eventId),
    drop: (eventId, loaded, reason) => {
      if (!loaded.isOutdated)
        warn(`Reloading the inventory of event ${eventId}: ${reason.message}`);
      loaded.isOutdated = true;
      if (inventories.peek(eventId) === loaded) inventories.delete(eventId);
    },
    dropAll: () => {
      for (const loaded of inventories.values()) loaded.isOutdated = true;
      inventories.clear();
    },
  };
}

function startWriter(
  parts: InventoryCacheParts,
  eventId: string,
  { snapshotRevision, ...folded }: FromLog,
  measure: () => void,
): LoadedInventory {
  const { eventStore, clock, randomness, limits, stats } = parts;
  const stream = seatInventoryStream(eventId);
  const onWritten = () => {
    measure();
    parts.onWritten(stream, loaded);
  };
  const position = { ...folded, stream, eventStore, clock, readAt: clock.now() };
  const loaded: LoadedInventory = {
    writer: new InventoryWriter({ ...position, randomness, limits, stats, onWritten }),
    bytes: estimateBytes(folded.inventory),
    isOutdated: false,
    snapshotRevision,
    isSnapshotPending: false,
    comparison: undefined,
    comparedAt: undefined,
  };
  return loaded;
}
