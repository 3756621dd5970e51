import { join } from 'node:path';
import {
  VenueReadFailed,
  type ReadVenue,
  type VenueReader,
} from '../../ports/venue/venue-reader.js';
import { openThread } from '../system/thread.js';
import { readVenue } from './read-venue.js';

/** Time limit for one body; the largest takes a few seconds on a busy machine. Milliseconds. */
const READ_MS = 60_000;
/** Memory limit of the thread: enough for the largest accepted body, parsed. */
const HEAP_MB = 1_024;
/** After this long without a body, the thread is ended and its memory freed. Milliseconds. */
const IDLE_MS = 30_000;
/** A smaller body (in bytes) is read without the thread, which would take longer to start. */
const SMALL_BYTES = 64 * 1024;

/** Reads large bodies one after another in a separate thread, and small ones directly. */
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
