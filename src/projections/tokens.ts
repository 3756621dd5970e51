import { token } from '../ports/shared/token.js';
import type { LogGuard } from './log-guard/log-guard.js';
import type { ProjectionRunner } from './runner/projection-runner.js';

/** Injection tokens of the projections. */
export const LOG_GUARD = token<LogGuard>('LogGuard');
export const PROJECTION_RUNNERS = token<readonly ProjectionRunner[]>('ProjectionRunners');
