import jsqr from 'jsqr';
import { getDocument, type PDFPageProxy } from 'pdfjs-dist/legacy/build/pdf.mjs';
import { PNG } from 'pngjs';

// Its types tell of another kind of module than it is.
const jsQR = jsqr as unknown as typeof jsqr.default;

/** Text of the QR code in a PNG, as a phone reads it. */
export function readQr(png: Uint8Array): string | undefined {
  const { data, width, height } = PNG.sync.read(Buffer.from(png));
  return jsQR(new Uint8ClampedArray(data), width, height)?.data;
}

export interface PrintedPage {
  /** Pieces of text, in the order in which they were drawn. */
  readonly texts: readonly string[];
  /** Text of the QR code on the page, if it was requested. */
  readonly qr: string | undefined;
}

/** Content of the pages of a PDF, read by another library than the one that wrote it. */
export async function readPdf(pdf: Uint8Array, { qr = false } = {}): Promise<PrintedPage[]> {
  const document = await getDocument({ data: new Uint8Array(pdf), verbosity: 0 }).promise;
  const pages: PrintedPage[] = [];
  for (let number = 1; number <= document.numPages; number++) {
    const page = await document.getPage(number);
    const { items } = await page.getTextContent();
    const texts = items.flatMap((item) =>
      'str' in item && item.str.trim() !== '' ? [item.str] : [],
    );
    pages.push({
      texts,
      qr: qr ? await qrOn(page, document.canvasFactory as CanvasFactory) : undefined,
    });
  }
  await document.destroy();
  return pages;
}

interface CanvasFactory {
  create(
    width: number,
    height: number,
  ): {
    canvas: unknown;
    context: { getImageData(...area: number[]): { data: Uint8ClampedArray } };
  };
}

async function qrOn(page: PDFPageProxy, factory: CanvasFactory): Promise<string | undefined> {
  const viewport = page.getViewport({ scale: 1.5 });
  const [width, height] = [Math.ceil(viewport.width), Math.ceil(viewport.height)];
  const { canvas, context } = factory.create(width, height);
  await page.render({ canvas: canvas as never, viewport }).promise;
  return jsQR(context.getImageData(0, 0, width, height).data, width, height)?.data;
}
