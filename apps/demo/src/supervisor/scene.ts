import type { Books } from '../bookkeeping/books.js';
import type { Fleet } from './fleet.js';

/** Everything that faults and the live view look at and act on. */
export interface Scene {
  readonly books: Books;
  readonly fleet: Fleet;
}

/** Does something to one replica; gives up, and undoes what must be undone, when `signal` aborts. */
export type Fault = (scene: Scene, signal: AbortSignal) => Promise<void>;
