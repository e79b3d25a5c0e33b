/** What a majority of the servers says of a name. */
import type { LeaseInspection } from '../lease/lease-store.js';
import { asStoreError } from '../lease/store-error.js';
import { majorityOf, reachedBy } from './majority.js';
import { noQuorum } from './no-quorum.js';

/** Resolves as soon as a majority agrees on the holder, or when all have answered. @throws StoreError by its promise */
export function inspectMost(asked: readonly Promise<LeaseInspection>[]): Promise<LeaseInspection> {
  return new Promise((resolve, reject) => {
    const told: LeaseInspection[] = [];
    const errors: unknown[] = [];
    const judge = (): void => {
      const majority = majorityOf(asked.length);
      const holders = told.map(({ holder }) => holder);
      const agreed = holders.findIndex((one) => holders.filter((other) => other === one).length >= majority);
      if (agreed < 0 && told.length + errors.length < asked.length) return;
      if (told.length < majority) reject(noQuorum(asked.length, errors));
      else resolve(agreedOn(told, agreed < 0 ? undefined : holders[agreed], majority));
    };
    for (const one of asked) {
      one
        .then(
          (inspection) => void told.push(inspection),
          (error: unknown) => void errors.push(asStoreError(error)),
        )
        .then(judge, reject);
    }
  });
}

/** Without a majority nobody holds. Of numbers, what a majority has at least. */
function agreedOn(
  told: readonly LeaseInspection[],
  holder: string | undefined,
  majority: number,
): LeaseInspection {
  const atLeast = (values: readonly number[]): number =>
    -reachedBy(
      majority,
      values.map((value) => -value),
    );
  const holding = holder === undefined ? [] : told.filter((one) => one.holder === holder);
  return {
    holder,
    remainingMs: holding.length < majority ? 0 : atLeast(holding.map(({ remainingMs }) => remainingMs)),
    lastFence: Math.max(...told.map(({ lastFence }) => lastFence)),
    waiting: atLeast(told.map(({ waiting }) => waiting)),
  };
}
