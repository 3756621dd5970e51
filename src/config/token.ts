import { token } from '../ports/shared/token.js';
import type { Config } from './config.js';

/** Injection token of the configuration. */
export const CONFIG = token<Config>('Config');
