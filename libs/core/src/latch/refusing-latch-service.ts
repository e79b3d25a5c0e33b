/** Stands where latches would be on a store that cannot count, and says so to whoever wants one. */
import { LockConfigError } from '../errors.js';
import { show } from '../time/duration.js';
import { LatchService } from './latch-service.js';

export class RefusingLatchService extends LatchService {
  readonly #why: string;

  constructor(why: string) {
    super();
    this.#why = why;
  }

  override latch(name: string): never {
    throw new LockConfigError(`Latch ${show(name)} cannot work`, [this.#why]);
  }

  override barrier(name: string): never {
    throw new LockConfigError(`Barrier ${show(name)} cannot work`, [this.#why]);
  }

  close(): void {
    // There is nothing to end.
  }
}
