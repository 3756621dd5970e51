/** The process log, by how much a line matters. */
export interface Log {
  /** Normal operation. */
  log(message: string): void;
  /** Trouble that the process handles by itself. */
  warn(message: string): void;
  /** Needs an operator. */
  error(message: string): void;
}
