/** More is waiting to be printed than will be done in time. Nothing was printed. */ export class PrinterBusy extends Error {
    name = 'PrinterBusy';
}
/** It took too long, or broke. */ export class PrintFailed extends Error {
    name = 'PrintFailed';
}

//# sourceMappingURL=ticket-printer.js.map