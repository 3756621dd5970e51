/** Which tickets have been issued, and what has become of them. */ export { };

//# sourceMappingURL=ticket-ledger.js.map