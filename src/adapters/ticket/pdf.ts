import PDFDocument from 'pdfkit';
import { fontOf, type FontName } from './fonts.js';
import { breakIntoLines } from './text-lines.js';

/** Points: 72 per inch. */
export const PAGE = { size: 'A4', width: 595, height: 842, margin: 48 } as const;
export const WIDTH = PAGE.width - 2 * PAGE.margin;
const INK = '#14213d';
export const FAINT = '#5c677d';

export type Pdf = InstanceType<typeof PDFDocument>;

interface Style {
  readonly font?: 'sans' | 'bold';
  readonly size: number;
  readonly color?: string;
  readonly width?: number;
  readonly maxLines?: number;
}
/** Writes a text at a position. Returns the y position after the text, from the top. */
export type Pen = (text: string, x: number, y: number, style: Style) => number;

/** Creates a document without pages. @param madeAt ISO 8601 */
export async function pdfOf(
  title: string,
  madeAt: string,
  drawPages: (document: Pdf, pen: Pen) => void,
): Promise<Uint8Array> {
  const document = new PDFDocument({
    size: PAGE.size,
    margin: PAGE.margin,
    autoFirstPage: false,
    // No metadata of its own: the same order gives the same bytes.
    info: {
      Title: title,
      Creator: 'Boxoffice',
      Producer: 'Boxoffice',
      CreationDate: new Date(madeAt),
    },
  });
  const chunks: Buffer[] = [];
  document.on('data', (chunk: Buffer) => chunks.push(chunk));
  const ended = new Promise((resolve, reject) => document.on('end', resolve).on('error', reject));
  drawPages(document, openPen(document));
  document.end();
  await ended;
  return Buffer.concat(chunks);
}

function openPen(document: Pdf): Pen {
  const known = new Set<FontName>();
  const widths = new Map<string, number>();
  const take = (name: FontName) => {
    // The types of pdfkit allow only files; an open font works too.
    if (!known.has(name)) document.registerFont(name, fontOf(name) as unknown as Buffer);
    known.add(name);
    return document.font(name);
  };
  return (text, x, y, { font = 'sans', size, color = INK, width = WIDTH, maxLines = 2 }) => {
    document.fontSize(size).fillColor(color);
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
