/** Stands where semaphores would be on a store that cannot keep permits, and says so to whoever asks for some. */
import { LockConfigError } from '../errors.js';
import type { PreparedLock } from '../guarded/guarded-call.js';
import { show } from '../time/duration.js';
import { SemaphoreService } from './semaphore-service.js';

export class RefusingSemaphoreService extends SemaphoreService {
  readonly #why: string;

  constructor(why: string) {
    super();
    this.#why = why;
  }

  override run(name: string): Promise<never> {
    return this.#refuse(name);
  }

  override tryRun(name: string): Promise<never> {
    return this.#refuse(name);
  }

  override acquire(name: string): Promise<never> {
    return this.#refuse(name);
  }

  override tryAcquire(name: string): Promise<never> {
    return this.#refuse(name);
  }

  override prepare(name: string): PreparedLock {
    throw this.#refusal(name);
  }

  override resize(name: string): Promise<never> {
    return this.#refuse(name);
  }

  override prove(name: string): Promise<never> {
    return this.#refuse(name);
  }

  override inspect(name: string): Promise<never> {
    return this.#refuse(name);
  }

  #refuse(name: string): Promise<never> {
    return Promise.reject(this.#refusal(name));
  }

  #refusal(name: string): LockConfigError {
    return new LockConfigError(`Semaphore ${show(name)} cannot work`, [this.#why]);
  }
}
