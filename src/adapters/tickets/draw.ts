import PDFDocument from 'pdfkit';
import { create as createQr, toBuffer, toString, type QRCodeErrorCorrectionLevel } from 'qrcode';
import { moneyInWords, timeInWords } from '../../domain/in-words.js';
import type { TicketsToPrint, TicketToPrint } from '../../ports/ticket-printer.js';
import { fontOf, type FontName } from './fonts.js';
import { breakIntoLines } from './text-lines.js';

/** What the printer is asked for, as it crosses to the thread that draws. */
export type PrintJob =
  | { readonly kind: 'qr-svg'; readonly code: string }
  | { readonly kind: 'qr-png'; readonly code: string }
  | { readonly kind: 'pdf'; readonly tickets: TicketsToPrint };

/** Fifteen of a hundred squares may be unreadable: paper is folded, and screens are cracked. */
const QR_CORRECTION: QRCodeErrorCorrectionLevel = 'M';
/** Light squares around the image, as its standard asks for. */
const QR_QUIET = 4;
/** Pixels of one square of the PNG: about 350 by 350 in all. */
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
  }
}

/** Points: 72 to the inch. */
const PAGE = { size: 'A4', width: 595, margin: 48 } as const;
const WIDTH = PAGE.width - 2 * PAGE.margin;
const QR_WIDTH = 210;
const COLUMN_WIDTH = WIDTH - QR_WIDTH - 24;
const INK = '#14213d';
const FAINT = '#5c677d';

async function drawPdf(order: TicketsToPrint): Promise<Uint8Array> {
  const { event, tickets, issuedAt } = order;
  const document = new PDFDocument({
    size: PAGE.size,
    margin: PAGE.margin,
    autoFirstPage: false,
    // Only what is told to it: the same order prints to the same bytes.
    info: {
      Title: event.name,
      Creator: 'Boxoffice',
      Producer: 'Boxoffice',
      CreationDate: new Date(issuedAt),
    },
  });
  const chunks: Buffer[] = [];
  document.on('data', (chunk: Buffer) => chunks.push(chunk));
  const ended = new Promise((resolve, reject) => document.on('end', resolve).on('error', reject));
  const pen = penOn(document);
  for (const [at, ticket] of tickets.entries()) {
    document.addPage();
    drawPage(document, pen, order, ticket, `Ticket ${at + 1} of ${tickets.length}`);
  }
  document.end();
  await ended;
  return Buffer.concat(chunks);
}

type Pdf = InstanceType<typeof PDFDocument>;
interface Style {
  readonly font?: 'sans' | 'bold';
  readonly size: number;
  readonly colour?: string;
  readonly width?: number;
  readonly maxLines?: number;
}
/** Writes a text at a place. Gives where the next may begin, from above. */
type Pen = (text: string, x: number, y: number, style: Style) => number;

function penOn(document: Pdf): Pen {
  const known = new Set<FontName>();
  const widths = new Map<string, number>();
  const take = (name: FontName) => {
    // The types of pdfkit know of files only; it takes a font that is open as well.
    if (!known.has(name)) document.registerFont(name, fontOf(name) as unknown as Buffer);
    known.add(name);
    return document.font(name);
  };
  return (text, x, y, { font = 'sans', size, colour = INK, width = WIDTH, maxLines = 2 }) => {
    document.fontSize(size).fillColor(colour);
    const measure = (part: string, name: FontName) => {
      const key = `${name} ${size} ${part}`;
      const width = widths.get(key) ?? take(name).fontSize(size).widthOfString(part);
      widths.set(key, width);
      return width;
    };
    for (const line of breakIntoLines(text, font, measure, width, maxLines)) {
      let at = x;
      for (const run of line) {
        const runWidth = measure(run.text, run.font);
        if (run.text.trim() !== '')
          take(run.font).text(run.text, at, y, { lineBreak: false, baseline: 'top' });
        at += runWidth;
      }
      y += size * 1.35;
    }
    return y;
  };
}

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
  let y = pen(counter, left, PAGE.margin, { size: 9, colour: FAINT });
  y = pen(event.name, left, y + 10, { font: 'bold', size: 24, maxLines: 3 });
  y = pen(timeInWords(event.startsAt, venue.timeZone), left, y + 8, { size: 13 });
  y = pen(`${venue.name}, ${venue.city} (${venue.country})`, left, y + 4, { size: 13, maxLines: 3 });
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
    ['Row', ticket.row],
    ['Seat', ticket.number],
    ['Category', ticket.category],
    ['Price', ticket.price ? moneyInWords(ticket.price) : ''],
  ];
  let factY = y;
  for (const [label, value] of facts.filter(([, value]) => value !== '')) {
    factY = pen(label, left, factY, { size: 9, colour: FAINT });
    factY = pen(value, left, factY, { font: 'bold', size: 16, width: COLUMN_WIDTH }) + 8;
  }
  y = Math.max(factY, y + QR_WIDTH) + 24;
  y = pen(`Ticket ${ticket.ticketId}`, left, y, { size: 8, colour: FAINT });
  y = pen(`Reservation ${reservationId}`, left, y, { size: 8, colour: FAINT });
  pen(ticket.code, left, y + 8, { size: 7, colour: FAINT, maxLines: 10 });
}

/** As squares of the page itself, sharp at any size: each row of dark squares in one stroke. */
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
