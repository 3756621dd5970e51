import { token } from '../ports/shared/token.js';
import type { Checkpoints } from './signed-heads.js';
import type { History } from './history.js';
import type { RefusedAttempts } from './refused-attempts.js';
import type { TimeTravel } from './time-travel.js';

/** Injection tokens of the log as auditors read it. */
/** Secret. Addresses are hashed with it before the log gets them. */
export const ADDRESS_KEY = token<Buffer>('AddressKey');
export const CHECKPOINTS = token<Checkpoints>('Checkpoints');
export const HISTORY = token<History>('History');
export const REFUSED_ATTEMPTS = token<RefusedAttempts>('RefusedAttempts');
export const TIME_TRAVEL = token<TimeTravel>('TimeTravel');
