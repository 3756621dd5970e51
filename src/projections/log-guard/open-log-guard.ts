import { LogComparison } from './log-comparison.js';
import type { LogGuard, LogGuardParts } from './log-guard.js';

export const openLogGuard = (parts: LogGuardParts): LogGuard => new LogComparison(parts);
