import { join } from 'node:path';
import { openOutbox } from './adapters/mail/outbox.js';
import { openSmtpMailer } from './adapters/mail/smtp.js';
import { systemClock } from './adapters/system/clock.js';
import { systemRandomness } from './adapters/system/randomness.js';
import { openTicketSigner } from './adapters/tickets/ed25519-signer.js';
import { openTicketPrinter } from './adapters/tickets/printer.js';
import { ticketKeys } from './adapters/tickets/ticket-keys.js';
import * as commandTokens from './commands/tokens.js';
import * as httpTokens from './http/tokens.js';
import { startConfirmationMail } from './processes/confirmation-mail.js';
import { openMailComposer } from './processes/mail-composer.js';
import { confirmationMails } from './read-models/confirmation-mails.js';
import { openContacts } from './read-models/contacts.js';
import { eventQueries } from './read-models/events-queries.js';
import { reservationQueries } from './read-models/reservations-queries.js';
import { ticketLedger, ticketQueries } from './read-models/tickets-queries.js';
import { takeTurn } from './read-models/turn.js';
/** @throws Error when the keys that sign tickets cannot be read */ export function openTicketing(config, { pool, plans, log }) {
    const signer = openTicketSigner(ticketKeys(config.ticketSigningKeys, config.dataDir));
    const tickets = ticketQueries(pool);
    const contacts = openContacts(pool);
    const printer = openTicketPrinter();
    const mailer = config.mail ? openMailer(config) : undefined;
    const mail = mailer && startConfirmationMail({
        mails: confirmationMails(pool),
        compose: openMailComposer({
            ...{
                tickets,
                contacts,
                plans,
                signer
            },
            reservations: reservationQueries(pool),
            events: eventQueries(pool)
        }),
        inTurn: (work)=>takeTurn(pool, 'confirmation-mail', work),
        perMinute: config.mailPerMinute,
        clock: systemClock,
        randomness: systemRandomness,
        ...{
            printer,
            mailer,
            log
        }
    });
    return {
        ...{
            signer,
            printer,
            contacts,
            mail
        },
        bindings: [
            [
                commandTokens.TICKET_SIGNER,
                signer
            ],
            [
                commandTokens.TICKET_LEDGER,
                ticketLedger(tickets, systemClock)
            ],
            [
                httpTokens.TICKET_QUERIES,
                tickets
            ],
            [
                httpTokens.TICKET_PRINTER,
                printer
            ],
            [
                httpTokens.CONTACTS,
                contacts
            ]
        ],
        close: async ()=>{
            await mail?.stop();
            await mailer?.close();
            await printer.close();
        }
    };
}
function openMailer({ smtpUrl, mailFrom: from, dataDir }) {
    if (smtpUrl !== undefined) return openSmtpMailer({
        url: smtpUrl,
        from
    });
    return openOutbox({
        directory: join(dataDir, 'outbox'),
        from
    });
}

//# sourceMappingURL=ticketing.js.map