import { AVAILABLE } from '../../src/domain/seat-inventory/state/availability.js';
import { median } from '../report.js';
import { letBotsIn, letPeopleIn, newTally } from './buyers.js';
import { FRONT_ROWS, SEATS, SimulatedSale } from './sale.js';

/** One sale, of so many minutes, and who had the seats at its end. */
export async function simulate(seed: number, isProtected: boolean, minutes: number) {
  const sale = new SimulatedSale({ seed, rules: isProtected ? 'on' : 'off' });
  const [ofBots, ofPeople] = [newTally(), newTally()];
  letBotsIn(sale, ofBots);
  const people = letPeopleIn(sale, ofPeople);
  await sale.run(minutes * 60_000);
  const { status, holder, reservations } = sale.inventory;
  const owners = Array.from({ length: SEATS }, (_, seat) =>
    status[seat] === AVAILABLE ? undefined : reservations.get(holder[seat]!)!.customerId,
  );
  const share = (seats: readonly (string | undefined)[]) => {
    const sold = seats.filter((owner) => owner !== undefined);
    return (
      (100 * sold.filter((owner) => owner!.startsWith('bot-')).length) / Math.max(1, sold.length)
    );
  };
  const buyers = new Set(owners);
  const works = [...ofPeople.worked.values()];
  return {
    ...{ seed, isProtected },
    botShare: share(owners),
    botShareOfFront: share(owners.slice(0, FRONT_ROWS)),
    peopleWithSeats: people.filter(({ name }) => buyers.has(name)).length,
    peopleAsked: ofPeople.askedOnce.size,
    peopleLimited: ofPeople.limited.size,
    medianWorkSeconds: median(works) / 1_000,
    longestWorkSeconds: works.reduce((most, ms) => Math.max(most, ms), 0) / 1_000,
    botsAsked: ofBots.askedOnce.size,
    botCoreSeconds: [...ofBots.worked.values()].reduce((sum, ms) => sum + ms, 0) / 1_000,
  };
}
