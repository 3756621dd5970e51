import { join } from 'node:path';
import { VenueReadFailed, type ReadVenue, type VenueReader } from '../../ports/venue-reader.js';
import { openThread } from '../system/thread.js';
import { readVenue } from './read-venue.js';

/** For one body; the largest takes some seconds on a busy machine. Milliseconds. */
const READ_MS = 60_000;
/** The largest body that is let through, parsed. */
const HEAP_MB = 1_024;
/** Without a body for so long, the thread is ended and its memory given back. Milliseconds. */
const IDLE_MS = 30_000;
/** A body of fewer bytes is read at once: a thread would take longer to start. */
const SMALL_BYTES = 64 * 1024;

/** Reads one body after the other in a thread of its own, small ones at once. */
export function openVenueReader(): VenueReader {
  const thread = openThread<Uint8Array, ReadVenue>({
    file: join(import.meta.dirname, 'read-worker.js'),
    here: readVenue,
    jobMs: READ_MS,
    heapMb: HEAP_MB,
    idleMs: IDLE_MS,
    failure: (message) => new VenueReadFailed(message),
  });
  let last: Promise<unknown> = Promise.resolve();
  return {
    read: (body) => {
      if (body.length < SMALL_BYTES) return Promise.resolve(readVenue(body));
      const read = last.then(() => thread.run(body, [body.buffer as ArrayBuffer]));
      last = read.catch(() => {});
      return read;
    },
    close: thread.close,
  };
}
