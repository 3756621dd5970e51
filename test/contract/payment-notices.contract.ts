import { NOTICE_TOLERANCE_SECONDS } from '../../src/ports/payment/payment-gateway.js';
import {
  chargeOf,
  NEW_SECRET,
  OLD_SECRET,
  STRANGE_SECRET,
  type GatewayUnderTest,
} from '../support/payment/payment-gateways.js';

/** Tests of the charge notifications of every payment gateway. */
export function describeNotices(given: () => GatewayUnderTest): void {
  describe('a notice', () => {
    const NOW = Date.parse('2026-07-01T18:00:00.700Z');
    const request = chargeOf('any', { idempotencyKey: 'key-1' });
    const amount = request.amount;
    const read = (body: string, headers: object, now = NOW) =>
      given().gateway.readNotice(Buffer.from(body), headers as never, now);
    const signed = (body: string, secret = NEW_SECRET, at = NOW) => ({
      ...given().headers(body, { secret, at }),
    });
    const refused = (code: string) => expect.objectContaining({ name: 'NoticeRefused', code });
    const seconds = (count: number) => NOW + count * 1_000;

    it.each([
      ['captured', { status: 'captured', reference: expect.any(String), amount }],
      ['failed', { status: 'failed', reason: 'declined' }],
      ['processing', { status: 'pending' }],
    ] as const)('tells of a charge that is %s', (kind, charge) => {
      const body = given().body(kind, request);
      expect(read(body, signed(body))).toEqual({
        ...{ noticeId: expect.stringMatching(/^evt_/), type: expect.any(String) },
        kind: 'charge',
        about: request.about,
        charge,
      });
    });

    it.each([
      ['refund pending', { status: 'pending' }],
      ['refund succeeded', { status: 'succeeded' }],
      ['refund failed', { status: 'failed', reason: 'lost_or_stolen_card' }],
    ] as const)('reports a %s', (kind, state) => {
      const body = given().body(kind, request);
      const { eventId, reservationId } = request.about;
      expect(read(body, signed(body))).toEqual({
        noticeId: expect.stringMatching(/^evt_/),
        ...{ kind: 'refund', type: expect.any(String) },
        refund: {
          ...{
            about: { eventId, reservationId },
            idempotencyKey: 'key-1',
            reference: 'py_1',
            amount,
          },
          state: { ...state, refundReference: 're_1' },
        },
      });
    });

    it('about something else is about no charge', () => {
      const body = given().body('something else', request);
      expect(read(body, signed(body))).toMatchObject({
        noticeId: expect.stringMatching(/^evt_/),
        kind: 'other',
      });
    });

    it.each([
      ['incomplete', 'captured', /"attempt": ?"?1"?/, '"attempt":"first"'],
      ['incomplete', 'failed', /"eventId": ?"event-1",/, ''],
    ] as const)('that names half of a payment is %s: %s', (problem, kind, part, instead) => {
      const body = given().body(kind, request).replace(part, instead);
      expect(read(body, signed(body))).toMatchObject({ kind: 'stray', stray: { problem } });
    });

    it('is accepted with each secret of a rotation', () => {
      const body = given().body('captured', request);
      expect(read(body, signed(body, OLD_SECRET))).toEqual(read(body, signed(body, NEW_SECRET)));
    });

    it('may carry the signatures of two secrets', () => {
      const body = given().body('captured', request);
      const [name] = Object.keys(signed(body));
      const strange = Object.values(signed(body, STRANGE_SECRET))[0] as string;
      const ours = (Object.values(signed(body, OLD_SECRET))[0] as string).split(',')[1];
      expect(read(body, { [name!]: `${strange},${ours}` })).toMatchObject({ about: request.about });
    });

    it.each([
      ['as old as is allowed', -NOTICE_TOLERANCE_SECONDS],
      ['as far ahead as is allowed', NOTICE_TOLERANCE_SECONDS],
    ])('is accepted %s', (_, offset) => {
      const body = given().body('captured', request);
      expect(read(body, signed(body, NEW_SECRET, seconds(offset)))).toMatchObject({
        about: request.about,
      });
    });

    it.each([
      ['older', -NOTICE_TOLERANCE_SECONDS - 1],
      ['further ahead', NOTICE_TOLERANCE_SECONDS + 1],
    ])('is refused when it is %s than is allowed', (_, offset) => {
      const body = given().body('captured', request);
      const headers = signed(body, NEW_SECRET, seconds(offset));
      expect(() => read(body, headers)).toThrow(refused('webhook-timestamp-out-of-tolerance'));
    });

    it.each([
      ['no signature', () => ({})],
      ['an empty signature', () => ({ [given().signatureHeader]: ' ' })],
    ])('is refused with %s', (_, headers) => {
      expect(() => read(given().body('captured', request), headers())).toThrow(
        refused('webhook-signature-missing'),
      );
    });

    it.each<[string, (body: string, header: string) => [body: string, header: string | string[]]]>([
      [
        'the signature of a third secret',
        (body) => [body, Object.values(signed(body, STRANGE_SECRET))[0] as string],
      ],
      ['an altered body', (body, header) => [body.replace('12500', '12501'), header]],
      [
        'an altered time',
        (body, header) => [
          body,
          header.replace(/^t=\d+/, `t=${NOW / 1_000 + 1}`.replace(/\..*/, '')),
        ],
      ],
      ['a second time', (body, header) => [body, `t=1,${header}`]],
      ['a time that is none', (body, header) => [body, header.replace(/^t=/, 't=x')]],
      ['no time', (body, header) => [body, header.split(',')[1]!]],
      ['nothing signed', (body, header) => [body, header.split(',')[0]!]],
      [
        'an empty signature beside its time',
        (body, header) => [body, `${header.split(',')[0]},v1=`],
      ],
      ['a shorter signature', (body, header) => [body, header.slice(0, -2)]],
      ['a longer signature', (body, header) => [body, `${header}zz`]],
      ['a signature of another scheme', (body, header) => [body, header.replace('v1=', 'v0=')]],
      ['two headers', (body, header) => [body, [header, header]]],
      ['text', (body) => [body, 'let me in']],
    ])('is refused with %s', (_, forge) => {
      const body = given().body('captured', request);
      const [sent, header] = forge(body, signed(body)[given().signatureHeader] as string);
      expect(() => read(sent, { [given().signatureHeader]: header })).toThrow(
        refused('webhook-signature-invalid'),
      );
    });

    it('that cannot be trusted is not told what is wrong with its time', () => {
      const body = given().body('captured', request);
      const headers = signed(body, STRANGE_SECRET, seconds(-10_000));
      expect(() => read(body, headers)).toThrow(refused('webhook-signature-invalid'));
    });

    it.each([
      ['is no JSON', () => 'captured!'],
      ['is no object', () => '[]'],
      [
        'has no id',
        () =>
          given()
            .body('captured', request)
            .replace(/"id": ?"evt_\w+",/, ''),
      ],
      ['has no whole amount', () => given().body('captured', request).replaceAll('12500', '125.5')],
    ])('is refused when its body %s, though it is signed', (_, body) => {
      const sent = body();
      const headers = signed(sent);
      expect(() => read(sent, headers)).toThrow(refused('webhook-body-invalid'));
    });
  });
}
