import type { ReportToPrint } from '../../ports/ticket/ticket-printer.js';
import { FAINT, PAGE, pdfOf, WIDTH } from './pdf.js';

/** A new entry begins on this page only if this much of it is left. Points. */
const LEAST = 110;

/** Draws as many pages as needed, each with its number. */
export const drawReport = ({ title, about, madeAt, entries }: ReportToPrint): Promise<Uint8Array> =>
  pdfOf(title, madeAt, (document, pen) => {
    const left = PAGE.margin;
    let page = 0;
    const newPage = (): number => {
      document.addPage();
      page++;
      return (
        pen(`${title} · page ${page}`, left, PAGE.margin / 2, {
          size: 8,
          color: FAINT,
          maxLines: 1,
        }) + 14
      );
    };
    let y = pen(title, left, newPage(), { font: 'bold', size: 18, maxLines: 3 }) + 6;
    for (const line of about) y = pen(line, left, y, { size: 9, maxLines: 3 });
    y += 12;
    for (const { at, sentence, details } of entries) {
      if (y > PAGE.height - PAGE.margin - LEAST) y = newPage();
      y = pen(at, left, y, { font: 'bold', size: 9, maxLines: 1 });
      y = pen(sentence, left, y + 1, { size: 10, maxLines: 4 });
      y = pen(details, left, y + 1, { size: 7, color: FAINT, width: WIDTH, maxLines: 6 }) + 9;
    }
    if (entries.length === 0) pen('Nothing.', left, y, { size: 10 });
  });
