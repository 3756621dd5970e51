import { SaleProver } from '../../src/audit/sale-proof.js';
import type { SeatInventoryEvent } from '../../src/domain/seat-inventory/events.js';
import { confirmed, expired, opened, reserved } from '../support/seat-inventory/events.js';

function prove(...events: SeatInventoryEvent[]) {
  const prover = new SaleProver();
  const faults = events.map((event, at) => prover.read({ ...event, revision: BigInt(at) }));
  return { faults: faults.filter((fault) => fault !== undefined), proof: prover.proof() };
}

describe('the proof of a sale', () => {
  it('counts sold seats, takings and open holds', () => {
    const { faults, proof } = prove(
      ...[opened(), reserved('r1', ['A1', 'A2']), confirmed('r1', ['A1', 'A2'])],
      ...[reserved('r2', ['A3']), reserved('r3', ['A4']), expired('r3', ['A4'])],
    );
    expect(faults).toEqual([]);
    expect(proof).toMatchObject({ domainEvents: 6, sold: ['A1', 'A2'], holdsLeft: 1 });
    expect(proof).toMatchObject({ takings: 10_000, soldTwice: [], heldTwice: [] });
  });

  it('reports a seat that was held and sold twice', () => {
    const { faults, proof } = prove(
      ...[opened(), reserved('r1', ['A1']), confirmed('r1', ['A1'])],
      ...[reserved('r2', ['A1']), confirmed('r2', ['A1']), confirmed('r1', ['A1'])],
    );
    expect(faults).toEqual(['A1 taken already', 'r1 is confirmed, not held']);
    expect(proof).toMatchObject({ heldTwice: ['A1'], soldTwice: ['A1', 'A1'] });
  });

  it('reports a seat that another reservation bought before, held again or not', () => {
    const { proof } = prove(
      ...[opened(), reserved('r1', ['A1']), confirmed('r1', ['A1'])],
      ...[reserved('r2', ['A1']), confirmed('r2', ['A1'])],
    );
    expect(proof).toMatchObject({ heldTwice: ['A1'], soldTwice: ['A1'], sold: ['A1'] });
  });

  it.each([
    ['confirmed', confirmed('r1', ['A1']), ['A1']],
    ['expired', expired('r1', ['A1']), []],
  ])('counts a seat that its reservation leaves behind when it is %s', (_, end, sold) => {
    const { faults, proof } = prove(opened(), reserved('r1', ['A1', 'A2']), end);
    expect(faults).toEqual(['r1 has other seats']);
    expect(proof).toMatchObject({ sold, holdsLeft: 1, faults });
  });

  it('reports changes of a reservation that was never made', () => {
    const { faults } = prove(opened(), confirmed('r1', ['A1']), expired('r1', ['A1']));
    expect(faults).toHaveLength(2);
  });

  it('reports a missing revision', () => {
    expect(new SaleProver().read({ ...opened(), revision: 1n })).toBe('revision 0 is missing');
  });
});
