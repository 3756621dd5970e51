/**
 * A test that mostly waits for others: begun with the first test of its group, and judged in its
 * turn. So the long waits of a suite go by at the same time, each as long as it is. It may share
 * nothing with its neighbours but the application.
 */
export function itMeanwhile(name: string, work: () => Promise<void>, timeoutMs?: number): void {
  let begun: Promise<void> | undefined;
  beforeAll(() => {
    begun = work();
    // What goes wrong is told by the test.
    begun.catch(() => {});
  });
  it(name, () => begun!, timeoutMs);
}
