import { ApiProperty } from '@nestjs/swagger';
import { IsIn } from 'class-validator';
import { isInstant, MayBeLeftOut } from '../validation/rules.js';
import { invalid } from '../validation/validate.js';

export const FORMATS = ['json', 'csv', 'pdf'] as const;
export type Format = (typeof FORMATS)[number];

export class HistoryQuery {
  @MayBeLeftOut()
  @IsIn(FORMATS)
  @ApiProperty({ required: false, enum: FORMATS, default: 'json' })
  format?: Format;
}

/** A moment of a sale: a revision of its stream, or a time in milliseconds since the epoch. */
export type RequestedMoment = { readonly revision: bigint } | { readonly time: number };

const REVISION = /^\d{1,15}$/;

/** Reads a query parameter that is a revision or a time. @throws Problem `validation-failed` */
export function readMoment(name: string, text: unknown): RequestedMoment {
  if (typeof text === 'string' && REVISION.test(text)) return { revision: BigInt(text) };
  if (isInstant(text)) return { time: Date.parse(text) };
  const message =
    'must be a revision, or a time in ISO 8601 with Z or an offset, such as 2026-06-11T19:00:00Z';
  throw invalid([{ path: name, message }]);
}

/** Reads a query parameter that is a revision. @throws Problem `validation-failed` */
export function readRevision(name: string, text: unknown, byDefault: bigint): bigint {
  if (text === undefined || text === '') return byDefault;
  if (typeof text === 'string' && REVISION.test(text)) return BigInt(text);
  throw invalid([{ path: name, message: 'must be a revision: a whole number from 0' }]);
}
