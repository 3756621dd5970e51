/** `npm start`: one process, so that a signal sent to it reaches the application itself. */
import { buildIfStale } from './build-if-stale.js';

buildIfStale();
await import('../dist/main.js');
