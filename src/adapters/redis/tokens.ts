import { token } from '../../ports/shared/token.js';
import type { RedisConnection } from './connection.js';

/** Null without `REDIS_URL`. Everything that it holds may be lost at any time. */
export const REDIS = token<RedisConnection | null>('Redis');
