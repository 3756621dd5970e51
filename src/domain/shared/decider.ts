/**
 * Result of a command: the domain events to append, or the reason for the rejection. A repeated
 * command is accepted without domain events. A thrown error is a bug or an outage.
 */
export type Decision<Event, Rejection> =
  | { readonly accepted: true; readonly events: readonly Event[] }
  | { readonly accepted: false; readonly rejection: Rejection };

export const accept = <Event>(...events: Event[]): { accepted: true; events: Event[] } => ({
  accepted: true,
  events,
});

export const reject = <Rejection>(
  rejection: Rejection,
): { accepted: false; rejection: Rejection } => ({
  accepted: false,
  rejection,
});

/**
 * The rules of one aggregate. All functions are pure and synchronous, except that `evolve` may
 * change a large state in place. Commands, facts and domain events are plain data; time, ids and
 * randomness arrive in the command.
 *
 * - `Facts`: data from outside the aggregate that a decision needs.
 * - `Setup`: data that the initial state needs.
 * - `Overwritten`: values that `evolve` replaces in place. A caller that may have to undo domain
 *   events passes a recorder.
 */
export interface Decider<
  State,
  Command,
  Event,
  Rejection,
  Facts = void,
  Setup = void,
  Overwritten = never,
> {
  /** Returns the state of an empty stream. */
  initial(setup: Setup): State;
  /** Returns the state after the domain event: a new object, or the same one changed in place. */
  evolve(state: State, event: Event, record?: (overwritten: Overwritten) => void): State;
  decide(command: Command, state: State, facts: Facts): Decision<Event, Rejection>;
}
