/** Reads the entries of a script's reply; what is not there is a fault of the script or of the server. */
import { StoreError } from '../lease/store-error.js';

type Entry = number | string | undefined;

/** @throws StoreError */
export function integer(entry: Entry): number {
  if (typeof entry === 'number' && Number.isSafeInteger(entry)) return entry;
  throw misplaced(entry, 'an integer');
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
