import { create as createQr, toBuffer, toString, type QRCodeErrorCorrectionLevel } from 'qrcode';
import { moneyInWords, timeInWords } from '../../domain/shared/in-words.js';
import type {
  ReportToPrint,
  TicketsToPrint,
  TicketToPrint,
} from '../../ports/ticket/ticket-printer.js';
import { drawReport } from './draw-report.js';
import { FAINT, PAGE, pdfOf, WIDTH, type Pdf, type Pen } from './pdf.js';

/** A print request, as it is sent to the drawing thread. */
export type PrintJob =
  | { readonly kind: 'qr-svg'; readonly code: string }
  | { readonly kind: 'qr-png'; readonly code: string }
  | { readonly kind: 'pdf'; readonly tickets: TicketsToPrint }
  | { readonly kind: 'report'; readonly report: ReportToPrint };

/**
 * Error correction: 15 % of the squares may be unreadable, for folded paper and cracked screens.
 */
const QR_CORRECTION: QRCodeErrorCorrectionLevel = 'M';
/** Light squares around the QR code, as its standard requires. */
const QR_QUIET = 4;
/** Pixels per square of the PNG: about 350 by 350 in total. */
const QR_SCALE = 4;

export function draw(job: PrintJob): Promise<string | Uint8Array> {
  const options = { errorCorrectionLevel: QR_CORRECTION, margin: QR_QUIET };
  switch (job.kind) {
    case 'qr-svg':
      return toString(job.code, { ...options, type: 'svg' });
    case 'qr-png':
      return toBuffer(job.code, { ...options, scale: QR_SCALE });
    case 'pdf':
      return drawPdf(job.tickets);
    case 'report':
      return drawReport(job.report);
  }
}

const QR_WIDTH = 210;
const COLUMN_WIDTH = WIDTH - QR_WIDTH - 24;

const drawPdf = (order: TicketsToPrint): Promise<Uint8Array> =>
  pdfOf(order.event.name, order.issuedAt, (document, pen) => {
    for (const [at, ticket] of order.tickets.entries()) {
      document.addPage();
      drawPage(document, pen, order, ticket, `Ticket ${at + 1} of ${order.tickets.length}`);
    }
  });

function drawPage(
  document: Pdf,
  pen: Pen,
  order: TicketsToPrint,
  ticket: TicketToPrint,
  counter: string,
): void {
  const { event, reservationId } = order;
  const { venue } = event;
  const left = PAGE.margin;
  let y = pen(counter, left, PAGE.margin, { size: 9, color: FAINT });
  y = pen(event.name, left, y + 10, { font: 'bold', size: 24, maxLines: 3 });
  y = pen(timeInWords(event.startsAt, venue.timeZone), left, y + 8, { size: 13 });
  y = pen(`${venue.name}, ${venue.city} (${venue.country})`, left, y + 4, {
    size: 13,
    maxLines: 3,
  });
  y += 16;
  document
    .moveTo(left, y)
    .lineTo(left + WIDTH, y)
    .lineWidth(0.75)
    .strokeColor(FAINT)
    .stroke();
  y += 20;
  drawQr(document, ticket.code, left + COLUMN_WIDTH + 24, y, QR_WIDTH);
  const facts: [string, string][] = [
    ['Section', ticket.section],
    ['Row', ticket.rowLabel ?? ticket.row],
    ['Seat', ticket.seatLabel ?? ticket.number],
    ['Category', ticket.category],
    ['Price', ticket.price ? moneyInWords(ticket.price) : ''],
  ];
  let factY = y;
  for (const [label, value] of facts.filter(([, value]) => value !== '')) {
    factY = pen(label, left, factY, { size: 9, color: FAINT });
    factY = pen(value, left, factY, { font: 'bold', size: 16, width: COLUMN_WIDTH }) + 8;
  }
  y = Math.max(factY, y + QR_WIDTH) + 24;
  y = pen(`Ticket ${ticket.ticketId}`, left, y, { size: 8, color: FAINT });
  y = pen(`Reservation ${reservationId}`, left, y, { size: 8, color: FAINT });
  pen(ticket.code, left, y + 8, { size: 7, color: FAINT, maxLines: 10 });
}

/** Draws the QR code as vector squares, sharp at any size: one stroke per run of dark squares. */
function drawQr(document: Pdf, code: string, x: number, y: number, width: number): void {
  const { modules } = createQr(code, { errorCorrectionLevel: QR_CORRECTION });
  const { size } = modules;
  const side = width / (size + 2 * QR_QUIET);
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size;) {
      let end = column;
      while (end < size && modules.get(row, end)) end++;
      const [atX, atY] = [x + (column + QR_QUIET) * side, y + (row + QR_QUIET) * side];
      if (end > column) document.rect(atX, atY, (end - column) * side, side);
      column = Math.max(end, column + 1);
    }
  }
  document.fillColor('#000000').fill();
}
