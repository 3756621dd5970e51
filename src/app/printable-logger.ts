import { ConsoleLogger, type LogLevel } from '@nestjs/common';

/**
 * Characters that move a terminal's cursor, end a line, or turn the direction of what follows: C0
 * and C1 controls, separators of lines and paragraphs, bidirectional controls.
 */
const UNPRINTABLE = /\p{Cc}|[\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu;
/** The same without line ends and tabs, which a stack trace contains. */
const UNPRINTABLE_IN_STACK = /[^\P{Cc}\n\t]|[\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu;

/** Escapes `a\nb` as `a\\nb`, so that one message stays one line even with text from clients. */
export const printable = (text: string, unprintable = UNPRINTABLE): string =>
  text.replace(unprintable, (character) =>
    character === '\n' ? '\\n' : `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

/** A logger that escapes control characters: messages may quote what clients sent. */
export class PrintableLogger extends ConsoleLogger {
  protected override printMessages(
    messages: unknown[],
    context?: string,
    logLevel?: LogLevel,
    writeStreamType?: 'stdout' | 'stderr',
    errorStack?: unknown,
    params?: Record<string, unknown>,
  ): void {
    super.printMessages(
      messages.map(withoutControls),
      context === undefined ? undefined : printable(context),
      logLevel,
      writeStreamType,
      typeof errorStack === 'string' ? printable(errorStack, UNPRINTABLE_IN_STACK) : errorStack,
      params,
    );
  }
}

/**
 * Strings, and the strings of plain objects; anything else is printed by `util.inspect`, which
 * escapes.
 */
function withoutControls(message: unknown): unknown {
  if (typeof message === 'string') return printable(message);
  if (
    typeof message !== 'object' ||
    message === null ||
    Object.getPrototypeOf(message) !== Object.prototype
  )
    return message;
  return Object.fromEntries(
    Object.entries(message).map(([name, value]) => [
      name,
      typeof value === 'string' ? printable(value, UNPRINTABLE_IN_STACK) : value,
    ]),
  );
}
