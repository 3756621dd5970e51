import { answerJobs } from '../system/thread.js';
import { readVenue } from './read-venue.js';

/** The thread that reads large bodies. */
answerJobs((body: Uint8Array) => readVenue(body));
