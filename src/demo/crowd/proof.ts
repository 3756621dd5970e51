import { SaleProver, type SaleProof } from '../../audit/sale-proof.js';
import { seatInventoryStream } from '../../domain/seat-inventory/events.js';
import type { EventStore } from '../../ports/event-store/event-store.js';

export interface Proof extends SaleProof {
  readonly seatsSold: number;
}

/** Reads the log of a sale and follows every seat through it. */
export async function proveSale(eventStore: EventStore, eventId: string): Promise<Proof> {
  const prover = new SaleProver();
  for await (const event of eventStore.readStream(seatInventoryStream(eventId))) prover.read(event);
  const proof = prover.proof();
  return { ...proof, seatsSold: proof.sold.length };
}
