import { setTimeout as pause } from 'node:timers/promises';
import { MAX_IN_FLIGHT } from '../../../src/adapters/event-store/eventstoredb/append.js';
import {
  AmbiguousAppend,
  EventStoreUnavailable,
  type EventStore,
  type NewEvent,
} from '../../../src/ports/event-store/event-store.js';
import { newEvent, numbered, until } from '../../support/log/domain-events.js';
import type { EventStoreDbNode } from '../../support/eventstoredb-node.js';
import { describeOnInTestNode } from '../../support/eventstoredb/eventstoredb-server.js';
import { openEachTime, outcome } from './eventstoredb.fixture.js';

let node: EventStoreDbNode;
let store: EventStore;
const open = openEachTime((opened) => ({ node, store } = opened));
/** Long enough for a busy machine to send all appends. Answers come after the delay. */
const PATIENT_MS = 10_000;
const DELAY_MS = 4_000;

const appendAll = (
  to: EventStore,
  appends: readonly { stream: string; events: readonly NewEvent[] }[],
): Promise<unknown[]> =>
  Promise.all(appends.map(({ stream, events }) => outcome(to.append(stream, 'no-stream', events))));

const streams = (count: number, textLength: number) =>
  Array.from({ length: count }, (_, at) => ({
    stream: `show-${at}`,
    events: [newEvent({ text: 'x'.repeat(textLength) })],
  }));

describeOnInTestNode('256 appends in flight', () => {
  const unhandled: unknown[] = [];
  const note = (reason: unknown) => void unhandled.push(reason);
  beforeEach(() => void process.on('unhandledRejection', note));
  afterEach(() => {
    process.off('unhandledRejection', note);
    expect(unhandled.splice(0)).toEqual([]);
  });

  it.each([
    ['cut with the connection', () => node.dropConnections()],
    ['ended by the server', () => node.endAppendStreams()],
  ])('are ambiguous when their stream is %s; nothing is left unhandled', async (_, cut) => {
    const logged: string[] = [];
    const patient = open(node.connectionString, PATIENT_MS, (line) => void logged.push(line));
    await patient.append('other-1', 'no-stream', numbered(1));
    const appends = streams(MAX_IN_FLIGHT, 20_000);
    node.delayAppends(DELAY_MS, MAX_IN_FLIGHT);
    const results = appendAll(patient, appends);
    await until(() => node.counts.received === MAX_IN_FLIGHT + 1);
    cut();
    for (const result of await results) expect(result).toBeInstanceOf(AmbiguousAppend);
    expect(logged).toEqual([expect.stringMatching('^256 appends are ambiguous: ')]);
    // For what would be rejected later.
    await pause(50);

    expect(await appendAll(patient, appends)).toEqual(appends.map(() => ({ revision: 0n })));
    for (const { stream } of appends) expect(node.stream(stream)).toHaveLength(1);
    await patient.close();
  });

  it('are the most: the next one waits, and is unavailable after half the timeout', async () => {
    node.swallowAppendAnswers(MAX_IN_FLIGHT + 20);
    const results = await appendAll(store, streams(MAX_IN_FLIGHT + 20, 10));
    const count = (type: typeof AmbiguousAppend | typeof EventStoreUnavailable) =>
      results.filter((result) => result instanceof type).length;
    expect(count(AmbiguousAppend)).toBe(MAX_IN_FLIGHT);
    expect(count(EventStoreUnavailable)).toBe(20);
    expect(node.counts.appends).toBe(MAX_IN_FLIGHT);
  });
});
