/** Stands where what is done once would be on a store that cannot remember it, and says so to whoever asks. */
import { LockConfigError } from '../errors.js';
import { show } from '../time/duration.js';
import { OnceService } from './once-service.js';

export class RefusingOnceService extends OnceService {
  readonly #why: string;

  constructor(why: string) {
    super();
    this.#why = why;
  }

  override run(name: string): Promise<never> {
    return Promise.reject(this.#refusal(name));
  }

  override share(name: string): Promise<never> {
    return Promise.reject(this.#refusal(name));
  }

  override prepare(name: string): never {
    throw this.#refusal(name);
  }

  override forget(name: string): Promise<never> {
    return Promise.reject(this.#refusal(name));
  }

  #refusal(name: string): LockConfigError {
    return new LockConfigError(`Once ${show(name)} cannot work`, [this.#why]);
  }
}
