/** What a refusal looks like on the wire. */ export const kind = (status, title, detail, more = {})=>({
        status,
        title,
        detail,
        ...more
    });

//# sourceMappingURL=problem-kind.js.map