/** Stands where scripts would run on a store that cannot run them, and says so to whoever wants to. */
import { LockConfigError } from '../errors.js';
import { show } from '../time/duration.js';
import { ScriptService } from './script-service.js';

export class RefusingScriptService extends ScriptService {
  readonly #why: string;

  constructor(why: string) {
    super();
    this.#why = why;
  }

  override run({ name }: { readonly name: string }): Promise<never> {
    return Promise.reject(new LockConfigError(`Script ${show(name)} cannot run`, [this.#why]));
  }

  close(): void {
    // There is nothing to end.
  }
}
