export interface SeatChange {
  readonly seatId: string;
  readonly status: string;
}

/** The live feed as a browser reads it. */
export interface SeatChanges {
  /** Resolves with the first message from now on, or still unread, that fits. */
  until(fits: (changes: readonly SeatChange[]) => boolean): Promise<void>;
  close(): void;
}

export async function seatChanges(url: string): Promise<SeatChanges> {
  const leaving = new AbortController();
  const answer = await fetch(url, {
    headers: { accept: 'text/event-stream' },
    signal: leaving.signal,
  });
  const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';

  const next = async (): Promise<readonly SeatChange[]> => {
    for (;;) {
      const end = text.indexOf('\n\n');
      if (end < 0) {
        const { done, value } = await reader.read();
        if (done) throw new Error('The live feed has ended.');
        text += value;
        continue;
      }
      const message = text.slice(0, end);
      text = text.slice(end + 2);
      const data = /^data: ?(.*)$/m.exec(message)?.[1];
      if (data) return (JSON.parse(data) as { changes: SeatChange[] }).changes;
    }
  };

  return {
    until: async (fits) => {
      while (!fits(await next()));
    },
    close: () => leaving.abort(),
  };
}
