/** Lock-takers that campaign in one election. */
import type { Child, ChildMessage } from './child.js';
import { ask, numberIn, startTaker, type TakerOptions } from './taker.js';

export const ELECTION = 'billing';

/** A leader, and since when and in which term. */
export interface Lead {
  readonly taker: Child;
  readonly term: number;
  /** On the machine's clock. */
  readonly at: number;
}

/** Starts a process that campaigns. */
export async function startCandidate(options: TakerOptions, campaign: object): Promise<Child> {
  const taker = await startTaker(options);
  await ask(taker, { do: 'campaign', id: ELECTION, options: campaign }, { event: 'campaigning' });
  return taker;
}

/** Every term that any of them has told of, lowest first. */
export function termsOf(takers: readonly Child[]): Lead[] {
  const leads = takers.flatMap((taker) =>
    taker.messages
      .filter(({ event, leader }) => event === 'leadership' && leader === true)
      .map((message) => ({ taker, term: numberIn(message, 'term'), at: numberIn(message, 'at') })),
  );
  return leads.toSorted((a, b) => a.term - b.term);
}

/** When that taker told last that it does not lead any more. */
export function endedAt(taker: Child, why: string): number {
  const told = taker.messages.findLast((message: ChildMessage) => message['why'] === why);
  return told === undefined ? NaN : numberIn(told, 'at');
}
