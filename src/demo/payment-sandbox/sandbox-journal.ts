import { closeSync, ftruncateSync, openSync, readSync, writeSync } from 'node:fs';

/**
 * Lines of JSON that outlive the process that wrote them: a line is with the operating system before `append` returns. It
 * is not forced to the disk, so a `kill -9` loses nothing and a power failure may lose the last lines.
 */
export interface Journal {
  /** @throws Error when the line is not written; nothing can be written after it */
  append(line: object): void;
  close(): void;
}

const CHUNK_BYTES = 1 << 20;
/** A longer one was not written here. */
const MAX_LINE_BYTES = 1 << 16;
const NEWLINE = 0x0a;

/**
 * Reads what is there, line by line, and goes on after it. A last line without its end was never answered for: it is cut off.
 * One process writes a journal; a second one would know nothing of what the first goes on to write.
 * @throws Error naming the line that cannot be read
 */
export function openJournal(path: string, read: (line: unknown) => void): Journal {
  const file = openSync(path, 'a+', 0o600);
  try {
    ftruncateSync(file, readLines(path, file, read));
  } catch (error) {
    closeSync(file);
    throw error;
  }
  let broken: unknown;
  return {
    append(line) {
      // After half a line the next one would make both unreadable.
      if (broken) throw new Error(`${path} cannot be written any more.`, { cause: broken });
      try {
        writeWhole(file, Buffer.from(`${JSON.stringify(line)}\n`));
      } catch (error) {
        broken = error;
        throw error;
      }
    },
    close() {
      if (broken === CLOSED) return;
      broken = CLOSED;
      closeSync(file);
    },
  };
}

const CLOSED = new Error('closed');

/** Answers the length of what could be read, in bytes. */
function readLines(path: string, file: number, read: (line: unknown) => void): number {
  const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
  let rest = Buffer.alloc(0);
  let [length, lines] = [0, 0];
  for (let position = 0; ;) {
    const got = readSync(file, chunk, 0, CHUNK_BYTES, position);
    if (got === 0) return length;
    position += got;
    rest = Buffer.concat([rest, chunk.subarray(0, got)]);
    let start = 0;
    for (let end = rest.indexOf(NEWLINE); end >= 0; end = rest.indexOf(NEWLINE, start)) {
      lines++;
      readLine(`${path}, line ${lines}`, rest.subarray(start, end), read);
      start = end + 1;
    }
    length += start;
    rest = rest.subarray(start);
    if (rest.length > MAX_LINE_BYTES)
      throw new Error(`${path}, line ${lines + 1} is too long for a journal.`);
  }
}

function readLine(where: string, line: Buffer, read: (line: unknown) => void): void {
  try {
    read(JSON.parse(line.toString('utf8')));
  } catch (error) {
    throw new Error(`${where} cannot be read: ${(error as Error).message}`, { cause: error });
  }
}

function writeWhole(file: number, bytes: Buffer): void {
  for (let written = 0; written < bytes.length;) written += writeSync(file, bytes, written);
}
