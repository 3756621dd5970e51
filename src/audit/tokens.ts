import { token } from '../ports/shared/token.js';
import type { SignedHeads } from './signed-heads.js';
import type { History } from './history.js';
import type { RefusedAttempts } from './refused-attempts.js';
import type { TimeTravel } from './time-travel.js';

/** Injection tokens for auditing. */
/** Secret. Addresses are hashed with it before the log gets them. */
export const ADDRESS_KEY = token<Buffer>('AddressKey');
export const SIGNED_HEADS = token<SignedHeads>('SignedHeads');
export const HISTORY = token<History>('History');
export const REFUSED_ATTEMPTS = token<RefusedAttempts>('RefusedAttempts');
export const TIME_TRAVEL = token<TimeTravel>('TimeTravel');
