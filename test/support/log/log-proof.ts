import { SaleProver, type LoggedEvent, type SaleProof } from '../../../src/audit/sale-proof.js';

export type LogProof = SaleProof;

/** Reads the whole log of one inventory. @throws as `openLogReader` */
export function proveLog(log: readonly LoggedEvent[]): LogProof {
  const reader = openLogReader();
  for (const event of log) reader.read(event);
  return reader.proof();
}

export interface LogReader {
  /**
   * @throws when a revision is missing, a seat is given to two at once, or a reservation does what
   *   its state forbids
   */
  read(event: LoggedEvent): void;
  /** The proof of the events read so far. */
  proof(): LogProof;
}

export function openLogReader(): LogReader {
  const prover = new SaleProver();
  return {
    read: (event) => {
      const fault = prover.read(event);
      if (fault)
        throw new Error(`The log is wrong at revision ${event.revision}, ${event.type}: ${fault}.`);
    },
    proof: () => prover.proof(),
  };
}
