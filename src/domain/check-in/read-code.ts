/** What keyboard-wedge scanners add around a code: line ends, tabs, blanks and a byte order mark. */
const AROUND = /^[\r\n\t \uFEFF]+|[\r\n\t \uFEFF]+$/g;

/**
 * A ticket code as it was printed, from what a scanner has sent. Only the ends are cleaned: any character inside a code,
 * visible or not, makes it another code.
 */
export const readCode = (scanned: string): string => scanned.replace(AROUND, '');
