import { ApiProperty } from '@nestjs/swagger';
import { IsIn } from 'class-validator';
import { isInstant, MayBeLeftOut } from '../validation/rules.js';
import { invalid } from '../validation/validate.js';

export const FORMATS = ['json', 'csv', 'pdf'] as const;
export type Format = (typeof FORMATS)[number];

export class StoryQuery {
  @MayBeLeftOut()
  @IsIn(FORMATS)
  @ApiProperty({ required: false, enum: FORMATS, default: 'json' })
  format?: Format;
}

/** A moment of a sale: a revision of its stream, or a time. */
export type Asked = { readonly revision: bigint } | { readonly time: number };

const REVISION = /^\d{1,15}$/;

/** @throws Problem `validation-failed` */
export function momentIn(name: string, text: unknown): Asked {
  if (typeof text === 'string' && REVISION.test(text)) return { revision: BigInt(text) };
  if (isInstant(text)) return { time: Date.parse(text) };
  const message =
    'must be a revision, or a time in ISO 8601 with Z or an offset, such as 2026-06-11T19:00:00Z';
  throw invalid([{ path: name, message }]);
}

/** @throws Problem `validation-failed` */
export function revisionIn(name: string, text: unknown, unsaid: bigint): bigint {
  if (text === undefined || text === '') return unsaid;
  if (typeof text === 'string' && REVISION.test(text)) return BigInt(text);
  throw invalid([{ path: name, message: 'must be a revision: a whole number from 0' }]);
}
