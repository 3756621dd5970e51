export class NoAnswer extends Error {
  override name = 'NoAnswer';
}

/**
 * Waits for `work`.
 * @throws NoAnswer after this time; the work goes on, and its result is dropped
 */
export async function withTimeout<T>(work: Promise<T>, ms: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new NoAnswer(`no answer within ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
