import { fork, type ChildProcess } from 'node:child_process';
import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  openRemoteSandboxGateway,
  openSandboxGateway,
} from '../../src/demo/payment-sandbox/sandbox-gateway.js';
import type { PaymentGateway } from '../../src/ports/payment/payment-gateway.js';
import {
  API_KEY,
  chargeOf,
  refundOf,
  NEW_SECRET,
  sandboxOptions,
  SECRETS,
  TIMEOUT_MS,
} from '../support/payment/payment-gateways.js';
import { openWebhookReceiver, type WebhookReceiver } from '../support/payment/webhook-receiver.js';

const PROGRAM = join(import.meta.dirname, '../../dist/demo/payments-sandbox.js');

let directory: string;
let journal: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'boxoffice-sandbox-'));
  journal = join(directory, 'payments.jsonl');
});
afterEach(() => rm(directory, { recursive: true, force: true }));

describe('the sandbox as a process of its own', () => {
  const children: ChildProcess[] = [];
  let receiver: WebhookReceiver;
  beforeEach(async () => {
    receiver = await openWebhookReceiver();
  });
  afterEach(async () => {
    await Promise.all(children.splice(0).map((child) => end(child, 'SIGKILL')));
    await receiver.close();
  });

  const start = async (
    ...more: string[]
  ): Promise<{ child: ChildProcess; said: () => string; gateway: PaymentGateway }> => {
    const args = [
      '--port',
      '0',
      '--journal',
      journal,
      '--secret',
      NEW_SECRET,
      '--api-key',
      API_KEY,
      '--slow-ms',
      '300',
      ...more,
    ];
    const child = fork(PROGRAM, args, { execArgv: [], silent: true });
    children.push(child);
    let said = '';
    child.stderr!.on('data', (text) => (said += text));
    const url = await new Promise<string>((resolve, refuse) => {
      child.stdout!.on('data', (text) => {
        said += text;
        const [, url] = /listens on (http:\S+)\n/.exec(said) ?? [];
        if (url) resolve(url);
      });
      child.once('exit', (code) => refuse(new Error(`ended with ${code}: ${said}`)));
    });
    const gateway = openRemoteSandboxGateway({
      url,
      apiKey: API_KEY,
      webhookSecrets: SECRETS,
      timeoutMs: TIMEOUT_MS,
    });
    return { child, said: () => said, gateway };
  };

  it('knows after kill -9 every charge and refund that it has answered', async () => {
    const { child, gateway } = await start();
    const requests = Array.from({ length: 50 }, () => chargeOf('tok_success'));
    const charges = await Promise.all(requests.map((request) => gateway.charge(request)));
    const [first] = charges;
    if (first?.status !== 'captured') throw new Error('not captured');
    const refund = refundOf(first.reference, 5_000);
    const state = await gateway.refund(refund);
    await end(child, 'SIGKILL');
    await gateway.close();

    const { gateway: after } = await start();

    expect(await Promise.all(requests.map((request) => after.find(request)))).toEqual(charges);
    expect(await Promise.all(requests.map((request) => after.charge(request)))).toEqual(charges);
    expect(await after.refund(refund)).toEqual(state);
    await expect(
      after.refund({
        ...refund,
        idempotencyKey: 'refund-2',
        amount: { amountMinor: 7_501, currency: 'EUR' },
      }),
    ).rejects.toThrow(expect.objectContaining({ name: 'RefundRefused' }));
    const kinds: string[] = [];
    for await (const { kind } of after.entries()) kinds.push(kind);
    expect(kinds.toSorted()).toEqual([...Array<string>(50).fill('capture'), 'refund']);
    await after.close();
  });

  it('tells after kill -9 what it has not told before, and nothing else', async () => {
    receiver.answerNext(200);
    const { child, gateway } = await start('--webhook-url', receiver.url);
    await gateway.charge(chargeOf('tok_success'));
    await receiver.until(1);
    const slow = chargeOf('tok_slow');
    expect(await gateway.charge(slow)).toEqual({ status: 'pending' });
    await end(child, 'SIGKILL');
    await gateway.close();

    const { gateway: after } = await start('--webhook-url', receiver.url);

    const [, second, ...more] = await receiver.until(2);
    expect(after.readNotice(second!.body, second!.headers, second!.at)).toMatchObject({
      about: slow.about,
      charge: { status: 'captured' },
    });
    expect(more).toEqual([]);
    await after.close();
  });

  it('ends in order when it is told to, though a call is still without an answer', async () => {
    const { child, gateway } = await start();
    const silent = gateway.charge(chargeOf('tok_silent')).catch((error: Error) => error.name);
    await gateway.charge(chargeOf('tok_success'));
    const ended = new Promise((resolve) =>
      child.once('exit', (code, signal) => resolve({ code, signal })),
    );
    child.kill('SIGTERM');
    expect(await ended).toEqual({ code: 0, signal: null });
    expect(await silent).toBe('PaymentOutcomeUnknown');
    await gateway.close();
  });

  it('does not start over the journal of another process', async () => {
    const { gateway } = await start();
    await expect(start()).rejects.toThrow(/ended with 1.*in use by the running process \d+/s);
    await gateway.close();
  });

  it('makes a key and a secret of its own when it is given none, and says them', async () => {
    const child = fork(PROGRAM, ['--port', '0'], { execArgv: [], silent: true });
    children.push(child);
    let said = '';
    await new Promise<void>((resolve) =>
      child.stdout!.on('data', (text) => {
        said += text;
        if (said.includes('--journal')) resolve();
      }),
    );
    expect(said).toMatch(/API key: [\w-]{43}\nSecret of its webhooks: [\w-]{43}\n/);
  });

  it.each([
    [['--port', '65536'], /--port takes a whole number from 0 to 65535/],
    [['--slow-ms', 'soon'], /--slow-ms takes a whole number/],
    [['--webhook-url', 'ftp://somewhere'], /--webhook-url takes a URL/],
    [['--secret', ''], /--secret and --api-key take at least one character/],
    [['--wait', '1'], /Unknown option '--wait'/],
  ])('says what is wrong with %j', async (args, message) => {
    const child = fork(PROGRAM, args, { execArgv: [], silent: true });
    children.push(child);
    let said = '';
    child.stderr!.on('data', (text) => (said += text));
    expect(await new Promise((resolve) => child.once('exit', resolve))).toBe(2);
    expect(said).toMatch(message);
  });
});

describe('the journal of the sandbox', () => {
  const open = () => openSandboxGateway(sandboxOptions({ journal }));

  it('is gone on with after a line that was cut short', async () => {
    const [whole, next] = [chargeOf('tok_success'), chargeOf('tok_success')];
    const first = await open();
    const charge = await first.charge(whole);
    await first.close();
    await appendFile(journal, '{"kind":"charge","request":{"idempoten');

    const second = await open();
    expect(await second.find(whole)).toEqual(charge);
    const after = await second.charge(next);
    await second.close();

    const third = await open();
    expect(await third.find(next)).toEqual(after);
    await third.close();
    expect((await readFile(journal, 'utf8')).split('\n')).toHaveLength(3);
  });

  it.each([
    ['is no JSON', 'kind: charge'],
    ['is of no known kind', '{"kind":"void"}'],
    ['tells of a record that is not there', '{"kind":"told","record":7}'],
    [
      'pays back a capture that is not there',
      '{"kind":"refund","request":{"reference":"py_1","amount":{"amountMinor":1}}}',
    ],
  ])('names the line that %s, and the next start is not locked out', async (_, line) => {
    const gateway = await open();
    await gateway.charge(chargeOf('tok_success'));
    await gateway.close();
    const good = await readFile(journal, 'utf8');
    await appendFile(journal, `${line}\n`);

    await expect(open()).rejects.toThrow(/payments\.jsonl, line 2 cannot be read/);

    await writeFile(journal, good);
    await (await open()).close();
  });

  it('holds so many charges and no more', async () => {
    const gateway = await openSandboxGateway(sandboxOptions({ journal, maxRecords: 2 }));
    const request = chargeOf('tok_success');
    await gateway.charge(request);
    await gateway.charge(chargeOf('tok_success'));
    await expect(gateway.charge(chargeOf('tok_success'))).rejects.toThrow(
      /stores at most 2 charges and refunds/,
    );
    expect(await gateway.charge(request)).toMatchObject({ status: 'captured' });
    await gateway.close();
  });
});

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill(signal);
  await ended;
}
