/**
 * Outdated entries that are dropped from the front at each addition: more than one, so that they do
 * not accumulate.
 */
const DROPPED_PER_ADDITION = 2;

/**
 * Times at which the holds of an inventory end, so that overdue holds are found without a look at
 * the others: most requests arrive when an event is sold out. A binary heap with the earliest time
 * first. A hold that has ended or was extended leaves its entry until the entry comes to the front;
 * `isCurrentDeadline` tells which entries are valid.
 */
export class HoldDeadlines {
  readonly #numbers: number[] = [];
  readonly #times: number[] = [];
  readonly #isCurrentDeadline: (number: number, time: number) => boolean;

  constructor(isCurrentDeadline: (number: number, time: number) => boolean) {
    this.#isCurrentDeadline = isCurrentDeadline;
  }

  add(number: number, time: number): void {
    this.#dropOutdated(DROPPED_PER_ADDITION);
    const numbers = this.#numbers;
    const times = this.#times;
    let at = numbers.length;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (times[parent]! <= time) break;
      numbers[at] = numbers[parent]!;
      times[at] = times[parent]!;
      at = parent;
    }
    numbers[at] = number;
    times[at] = time;
  }

  /**
   * Returns the numbers of the overdue holds, ascending. The cost is proportional to their number.
   */
  passed(now: number): number[] {
    this.#dropOutdated(Infinity);
    const found = new Set<number>();
    const entries = [0];
    for (let at = entries.pop(); at !== undefined; at = entries.pop()) {
      const time = this.#times[at];
      if (time === undefined || time > now) continue;
      const number = this.#numbers[at]!;
      if (this.#isCurrentDeadline(number, time)) found.add(number);
      entries.push(2 * at + 1, 2 * at + 2);
    }
    return [...found].sort((a, b) => a - b);
  }

  #dropOutdated(max: number): void {
    for (let left = max; left > 0 && this.#numbers.length > 0; left--) {
      if (this.#isCurrentDeadline(this.#numbers[0]!, this.#times[0]!)) return;
      this.#dropFirst();
    }
  }

  #dropFirst(): void {
    const numbers = this.#numbers;
    const times = this.#times;
    const number = numbers.pop()!;
    const time = times.pop()!;
    const size = numbers.length;
    if (size === 0) return;
    let at = 0;
    for (let child = 1; child < size; child = 2 * at + 1) {
      if (child + 1 < size && times[child + 1]! < times[child]!) child++;
      if (times[child]! >= time) break;
      numbers[at] = numbers[child]!;
      times[at] = times[child]!;
      at = child;
    }
    numbers[at] = number;
    times[at] = time;
  }
}
