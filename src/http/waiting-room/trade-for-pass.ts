import { Injectable } from '@nestjs/common';
import { Inject } from '../../commands/shared/inject.js';
import { CLOCK, WAITING_ROOMS } from '../../commands/shared/tokens.js';
import type { WaitingRooms } from '../../commands/waiting-room/waiting-rooms.js';
import type { Clock } from '../../ports/system/clock.js';
import type { PlaceSigner } from '../../ports/waiting-room/place-signer.js';
import type { Protection } from '../abuse/protection.js';
import { PLACE_SIGNER, PROTECTION } from '../platform/tokens.js';
import { Problem } from '../problems/problems.js';
import { readQueueNumber } from './pass-check.js';
import {
  etaSeconds,
  retryAfter,
  type PassAnswer,
  type WaitingAnswer,
} from './waiting-room-answers.js';

export type TradeResult =
  | { readonly pass: PassAnswer }
  | {
      readonly waiting: WaitingAnswer;
      /** Seconds to wait before the next attempt. */
      readonly retryAfter: number;
    };

/** Trades a signed queue number for a pass, once the number is called. */
@Injectable()
export class TradeForPass {
  constructor(
    @Inject(WAITING_ROOMS) private readonly rooms: WaitingRooms,
    @Inject(PLACE_SIGNER) private readonly signer: PlaceSigner,
    @Inject(PROTECTION) private readonly protection: Protection | null,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @throws Problem for an invalid or used number, and while the room is closed */
  async execute(eventId: string, account: string, signedNumber: string): Promise<TradeResult> {
    const number = readQueueNumber(this.signer, signedNumber, eventId, account);
    const traded = await this.rooms.trade(eventId, number);
    if ('closed' in traded) throw new Problem('waiting-room-closed', { state: traded.closed });
    if (traded.status === 'spent') throw new Problem('number-spent');
    if (traded.status === 'outdated') throw new Problem('number-outdated');
    if (traded.status === 'admitted') {
      const { pass } = traded;
      this.protection?.passGiven(pass.account);
      const expiresAt = new Date(pass.expiresAt).toISOString();
      return { pass: { pass: this.signer.signPass(pass), expiresAt } };
    }
    const status = await this.rooms.status(eventId);
    const place = 'place' in traded ? traded.place : undefined;
    const eta = etaSeconds(status, place, this.clock.now());
    const waiting = {
      status: traded.status,
      ...(place !== undefined && { place }),
      nowServing: status.view?.nowServing ?? 0,
      etaSeconds: eta,
    };
    return { waiting, retryAfter: retryAfter(traded.status, eta) };
  }
}
