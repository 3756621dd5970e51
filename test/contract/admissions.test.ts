import { openAdmissionsInMemory } from '../../src/adapters/waiting-room/memory.js';
import { describeAdmissionsContract } from './admissions.contract.js';
import { describeQueuesContract } from './admissions-queues.contract.js';

const START = Date.parse('2026-07-01T12:00:00Z');

/** Redis passes the same in `test/services`. */
const open = async () => {
  const given = { now: START };
  const admissions = openAdmissionsInMemory({
    now: () => given.now,
    sleep: () => Promise.resolve(),
  });
  return Object.assign(given, {
    admissions,
    loseAll: () => admissions.close(),
    stop: () => admissions.close(),
  });
};
describeAdmissionsContract('in memory', open);
describeQueuesContract('in memory', open);
