/** The address or the mail itself was turned down for good. */ export class MailRefused extends Error {
    name = 'MailRefused';
}

//# sourceMappingURL=mailer.js.map