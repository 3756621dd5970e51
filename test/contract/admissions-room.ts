import type { Trade } from '../../src/domain/waiting-room/numbers.js';
import type { Admissions } from '../../src/ports/waiting-room/admissions.js';
import { GENERATION, RULES, type AdmissionsUnderTest } from '../support/admissions.js';

let events = 0;

/** A waiting room of each test, with the calls that its accounts make. */
export class RoomUnderTest {
  given!: AdmissionsUnderTest;
  event = '';

  get admissions(): Admissions {
    return this.given.admissions;
  }

  /** Opens the waiting room of a new event, one second after its token bucket was empty. */
  async openEvent(ceiling = 10_000): Promise<void> {
    this.event = `event-${++events}`;
    await this.restore(0, 0);
    await this.admissions.raiseCeiling(this.event, ceiling);
    await this.admissions.advance(this.event, RULES);
    this.given.now += 1_000;
  }

  async restore(issued: number, nowServing: number, lastGiven?: number): Promise<void> {
    const known = { issued, nowServing, lastGiven, generation: GENERATION };
    await this.admissions.restore(this.event, known);
  }

  async arrive(account: string, shown?: number): Promise<number> {
    const taken = await this.admissions.takeNumber(this.event, account, shown);
    if (taken === 'ceiling-reached') throw new Error(taken);
    return taken.number;
  }

  turn(account: string, number: number, place = number) {
    return { account, number, place, passId: `pass-of-${account}` };
  }

  async tradeFor(account: string, number: number, rules = RULES): Promise<Trade> {
    const turn = this.turn(account, number);
    const { generation, ...traded } = await this.admissions.trade(this.event, rules, turn);
    expect(generation).toBe(GENERATION);
    return traded as Trade;
  }

  async enter(account: string, rules = RULES): Promise<number> {
    const number = await this.arrive(account);
    expect(await this.tradeFor(account, number, rules)).toMatchObject({ status: 'admitted' });
    return number;
  }

  use(account: string, reservationId: string, passId = `pass-of-${account}`) {
    const used = { account, passId, reservationId, generation: GENERATION };
    return this.admissions.usePass(this.event, RULES, used);
  }

  settle(account: string, reservationId: string, heldUntil?: number) {
    return this.admissions.settleUse(this.event, { account, reservationId, heldUntil });
  }

  view(rules = RULES) {
    return this.admissions.advance(this.event, rules);
  }
}
