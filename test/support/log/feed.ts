export interface FeedEvent {
  readonly id: string;
  readonly data: { revision: number; changes: { seatId: string; status: string }[] };
}

export interface Feed {
  readonly headers: Headers;
  /** The next event that has data. @throws Error when the feed ends */
  next(): Promise<FeedEvent>;
  /** The type of the next event that has one. @throws Error when the feed ends */
  nextType(): Promise<string>;
  close(): void;
}

/** A client of the live feed of seat status. Resolves once its first bytes are here. */
export async function openFeed(url: string, lastEventId?: string): Promise<Feed> {
  const leaving = new AbortController();
  const answer = await fetch(url, {
    signal: leaving.signal,
    headers: lastEventId === undefined ? {} : { 'last-event-id': lastEventId },
  });
  if (answer.status !== 200) throw new Error(`The feed was refused with ${answer.status}.`);
  const parts = answer.body!.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  const block = async (): Promise<string> => {
    while (!text.includes('\n\n')) {
      const { done, value } = await parts.read();
      if (done) throw new Error('The feed has ended.');
      text += value;
    }
    const end = text.indexOf('\n\n');
    const found = text.slice(0, end);
    text = text.slice(end + 2);
    return found;
  };
  const fieldsOf = (lines: string) =>
    new Map(lines.split('\n').map((line) => line.split(/: (.*)/s, 2) as [string, string]));
  await block();
  return {
    headers: answer.headers,
    next: async () => {
      for (;;) {
        const fields = fieldsOf(await block());
        const data = fields.has('event') ? undefined : fields.get('data');
        if (data !== undefined) return { id: fields.get('id')!, data: JSON.parse(data) };
      }
    },
    nextType: async () => {
      for (;;) {
        const type = fieldsOf(await block()).get('event');
        if (type !== undefined) return type;
      }
    },
    close: () => leaving.abort(),
  };
}
