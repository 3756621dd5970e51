import { readFile } from 'node:fs/promises';
import type { Argv } from 'yargs';
import type { Finding } from '../../audit/finding.js';
import type { SignedHead } from '../../audit/signed-heads.js';
import type { Verdict } from '../../audit/verify.js';
import { configFromEnvironment } from '../../config/config.js';
import { EXIT, Misuse, Unavailable, type ExitCode } from '../exit-codes.js';
import { openProgress } from '../progress.js';
import { answer, answerJson, LOG, verb, type Common } from '../verb.js';

export const verify = verb<Common & { against?: string }>({
  command: 'verify',
  describe:
    'Recompute the hash chains of the whole log, compare them with the signed heads and list ' +
    'alterations',
  options: (yargs) =>
    yargs
      .option('against', {
        type: 'string',
        requiresArg: true,
        describe: 'File of signed heads that was stored elsewhere (`audit checkpoints`)',
      })
      .example('$0 audit verify', 'list altered domain events')
      .example(
        '$0 audit verify --against checkpoints.ndjson --json',
        'also detect missing signed heads',
      )
      .epilog(
        'Only reads the database and the event store of the settings in the environment, ' +
          'with or without a running ' +
          'Boxoffice. Exits with 0 when nothing was altered and with 1 otherwise. What the ' +
          'check proves: ' +
          'docs/concepts/audit.md',
      ) as unknown as Argv<Common & { against?: string }>,
  run: verifyAll,
});

async function verifyAll({ json, against }: Common & { against?: string }): Promise<ExitCode> {
  const config = configFromEnvironment();
  const kept = against === undefined ? [] : await readKept(against);
  const verdict = await readVerdict(config, kept).catch((error: Error) => {
    throw new Unavailable(`The log could not be verified: ${error.message}`, { cause: error });
  });
  if (json) answerJson(verdict);
  else answer(describeVerdict(verdict));
  return verdict.intact ? EXIT.success : EXIT.failed;
}

async function readVerdict(
  config: ReturnType<typeof configFromEnvironment>,
  kept: readonly SignedHead[],
): Promise<Verdict> {
  // Loading the database clients is slow, and the other verbs do not need them.
  const { openContext } = await import('../../app/context.js');
  const { LOG_VERIFICATION, LogVerificationModule } = await import('../log-verification.module.js');
  const context = await openContext({ config, log: LOG }, LogVerificationModule);
  try {
    const verification = context.get(LOG_VERIFICATION);
    const progress = openProgress({
      activity: 'Reading the log',
      unit: 'domain events',
      total: await verification.estimate(),
    });
    try {
      return await verification.run(kept, (done) => progress.update(done));
    } finally {
      progress.end();
    }
  } finally {
    await context.close();
  }
}

/** @throws Misuse */
async function readKept(path: string): Promise<SignedHead[]> {
  try {
    const lines = (await readFile(path, 'utf8')).split('\n').filter((line) => line.trim() !== '');
    return lines.map((line) => {
      const head = JSON.parse(line) as Partial<SignedHead>;
      if (typeof head.number !== 'number' || typeof head.document !== 'string')
        throw new Error('a line is not a signed head');
      return head as SignedHead;
    });
  } catch (error) {
    throw new Misuse(`${path} cannot be read as signed heads: ${(error as Error).message}.`);
  }
}

function describeVerdict(verdict: Verdict): string {
  const { intact, domainEvents, streams, checkpoints: signed, unchained, findings } = verdict;
  const read =
    `${domainEvents.toLocaleString('en-US')} domain events of ` +
    `${streams.toLocaleString('en-US')} streams, ${signed} signed heads`;
  const legacy =
    unchained > 0
      ? ` ${unchained} domain events have no digest; only signed heads protect them.`
      : '';
  if (intact) return `Nothing was altered: ${read}.${legacy}`;
  return [`ALTERED: ${read}.${legacy} First findings:`, ...findings.map(describeFinding)].join(
    '\n',
  );
}

const describeFinding = ({ problem, stream, revision, id, detail }: Finding): string =>
  stream === ''
    ? `  signed head ${revision}: ${problem}: ${detail}`
    : `  ${stream} revision ${revision}${id ? ` (${id})` : ''}: ${problem}: ${detail}`;
