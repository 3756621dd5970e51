/** The provider did not answer: the money may have moved. Asking again with the same key is safe. */ export class PaymentOutcomeUnknown extends Error {
    name = 'PaymentOutcomeUnknown';
}
/** The provider will not give it back, however often it is asked: somebody has to look at it. */ export class RefundRefused extends Error {
    name = 'RefundRefused';
}
/** A webhook that nobody can trust, or that says what no charge of ours can. Nothing was changed. */ export class NoticeRefused extends Error {
    code;
    name = 'NoticeRefused';
    constructor(code, message){
        super(message), this.code = code;
    }
}
export const NOTICE_TOLERANCE_SECONDS = 300;

//# sourceMappingURL=payment-gateway.js.map