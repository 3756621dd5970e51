/** What happened, in the past tense. `type` is storage format: it is never renamed. */ export const accept = (...events)=>({
        accepted: true,
        events
    });
export const reject = (rejection)=>({
        accepted: false,
        rejection
    });

//# sourceMappingURL=domain-event.js.map