import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Entry } from '../../audit/history.js';
import type { Clock } from '../../ports/system/clock.js';
import type { TicketPrinter } from '../../ports/ticket/ticket-printer.js';
import type { EventQueries } from '../../read-models/event/events-queries.js';
import { accountOf } from '../account/access.js';
import { printed } from '../ticket/tickets.js';
import type { Replay } from './audit-lookups.js';
import type { Format } from './audit-requests.js';
import { historyAnswer, historyCsv, historyReport, type HistoryToShow } from './history-formats.js';

export interface HistoryReplyParts {
  readonly printer: TicketPrinter;
  readonly events: EventQueries;
  readonly clock: Clock;
}

/** Sends a history as JSON, CSV or PDF. @throws Problem `printer-busy` */
export async function sendHistory(
  reply: FastifyReply,
  format: Format,
  history: HistoryToShow,
  { printer, events, clock }: HistoryReplyParts,
): Promise<void> {
  const [kind, id] = Object.entries(history.about)[0]!;
  // A seat id may have any character, a file name only these.
  const file = `${kind.replace(/Id$/, '')}-${id.replace(/[^\w.-]/g, '_')}`;
  if (format === 'csv') {
    reply
      .header('content-type', 'text/csv; charset=utf-8')
      .header('content-disposition', `attachment; filename="${file}.csv"`)
      .send(historyCsv(history));
  } else if (format === 'pdf') {
    const name = (await events.event(history.eventId))?.name ?? 'not shown yet';
    const report = historyReport(history, name, clock.now());
    const account = accountOf(reply.request).id;
    const document = await printed(printer.report(report, { account }));
    reply
      .header('content-type', 'application/pdf')
      .header('content-disposition', `inline; filename="${file}.pdf"`)
      .send(Buffer.from(document));
  } else reply.send(historyAnswer(history));
}

/**
 * Sends a replay as one JSON document per line, or as server-sent events if `Accept` asks for them.
 */
export async function sendReplay(
  request: FastifyRequest,
  reply: FastifyReply,
  { entries, leave }: Replay,
): Promise<void> {
  // The client may have disconnected while the newest revision was looked up.
  if (reply.raw.destroyed) return leave();
  reply.raw.once('close', leave);
  const asEvents = request.headers.accept?.includes('text/event-stream') === true;
  const type = asEvents ? 'text/event-stream; charset=utf-8' : 'application/x-ndjson';
  const lines = Readable.from(linesOf(entries, asEvents ? asServerSentEvent : asLine));
  try {
    await reply.header('content-type', type).header('x-accel-buffering', 'no').send(lines);
  } catch (error) {
    leave();
    throw error;
  }
}

async function* linesOf(
  entries: AsyncIterable<Entry>,
  write: (entry: Entry) => string,
): AsyncGenerator<string> {
  for await (const entry of entries) yield write(entry);
}

const asLine = (entry: Entry): string => `${JSON.stringify(entry)}\n`;
const asServerSentEvent = (entry: Entry): string =>
  `id: ${entry.revision}\ndata: ${JSON.stringify(entry)}\n\n`;
