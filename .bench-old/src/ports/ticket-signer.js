/** What a ticket's code says. */ /** Makes the codes on tickets, which anybody can check who has the public keys. */ export { };

//# sourceMappingURL=ticket-signer.js.map