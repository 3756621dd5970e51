const ASCII = /^[\x20-\x7e]*$/;

/** Canonical composition (Unicode NFC): every text is stored and compared in this form. */
export const nfc = (text: string): string => (ASCII.test(text) ? text : text.normalize('NFC'));

/**
 * Control characters, lone surrogates and line separators: they break a line in databases, logs and
 * CSV files.
 */
const NOT_IN_LINE = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]/u;
const NOT_IN_LINES = /(?![\n\r\t])[\p{Cc}\p{Cs}]/u;
/** Controls that reorder surrounding text, on pages and tickets too (Unicode UAX 9). */
const BIDI_CONTROL = /\p{Bidi_Control}/u;
/**
 * A letter, digit, punctuation mark or symbol with ink: no blank, filler, joiner or empty braille
 * cell.
 */
const VISIBLE = /(?![\p{Default_Ignorable_Code_Point}\u2800])[\p{L}\p{N}\p{P}\p{S}]/u;

/** Whether a text fits one line: no control characters, line separators or lone surrogates. */
export const isOneLine = (text: string): boolean => ASCII.test(text) || !NOT_IN_LINE.test(text);

/**
 * Whether a text fits several lines: no control characters but tab and line breaks, no lone
 * surrogates.
 */
export const isLines = (text: string): boolean => ASCII.test(text) || !NOT_IN_LINES.test(text);

export const hasBidiControl = (text: string): boolean =>
  !ASCII.test(text) && BIDI_CONTROL.test(text);

export const isVisible = (text: string): boolean => VISIBLE.test(text);

/**
 * Whether a text is a valid name for people to read: one line, at least one visible character, no
 * direction controls.
 */
export const isName = (text: string): boolean =>
  isOneLine(text) && isVisible(text) && !hasBidiControl(text);
