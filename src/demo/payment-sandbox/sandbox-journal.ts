import { closeSync, ftruncateSync, openSync, readSync, writeSync } from 'node:fs';

/**
 * Lines of JSON that outlive the process that wrote them: the operating system has a line before
 * `append` returns. It is not flushed to the disk, so a `kill -9` loses nothing and a power failure
 * may lose the last lines.
 */
export interface Journal {
  /** @throws Error when the line is not written; nothing can be written after it */
  append(line: object): void;
  close(): void;
}

const CHUNK_BYTES = 1 << 20;
/** Longer lines were not written by the journal. */
const MAX_LINE_BYTES = 1 << 16;
const NEWLINE = 0x0a;

/**
 * Reads the existing lines and appends after them. An incomplete last line is removed, because its
 * call was never answered. Only one process may write a journal: another one would not see its
 * lines.
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
      // After a partial line, the next one would make both unreadable.
      if (broken) throw new Error(`${path} can no longer be written.`, { cause: broken });
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

/** Returns the length of the readable part in bytes. */
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
