/** Reads the entries of a script's reply; what is not there is a fault of the script or of the server. */
import { StoreError } from '../lease/store-error.js';

type Entry = number | string | undefined;

/** @throws StoreError */
export function integer(entry: Entry): number {
  if (typeof entry === 'number' && Number.isSafeInteger(entry)) return entry;
  throw misplaced(entry, 'an integer');
}

/**
 * A number that is told as a text, because clients do not read integers right that are close to 2^53.
 * @throws StoreError
 */
export function spelledInteger(entry: Entry): number {
  // -0 is none.
  return integer(Number(text(entry)) + 0);
}

/** @throws StoreError */
export function text(entry: Entry): string {
  if (typeof entry === 'string') return entry;
  throw misplaced(entry, 'a text');
}

function misplaced(entry: Entry, wanted: string): StoreError {
  return new StoreError('unexpected', `A script answered ${typeof entry} where ${wanted} belongs`, {
    ambiguous: true,
  });
}
