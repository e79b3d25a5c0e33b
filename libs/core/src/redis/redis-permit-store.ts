/** Keeps permits: each token has a lease of its own on those that it took. */
import type { LeaseInspection } from '../lease/lease-store.js';
import type { PermitHolder, PermitInspection, PermitStore } from '../semaphore/permit-store.js';
import { termsOf } from './batch-member.js';
import { JointLeaseStore } from './joint-lease-store.js';
import type { KeySpace } from './keys.js';
import type { PermitKeys } from './named-keys.js';
import type { HandOff } from './redis-lease-store.js';
import { runScript } from './run-script.js';
import type { ScriptHost } from './script-host.js';
import { integer, text } from './script-reply.js';
import {
  semaphoreGiveBack,
  semaphoreInspect,
  semaphoreRenew,
  semaphoreResize,
  semaphoreTake,
} from './scripts.generated.js';

/** What is told of all holders, and behind that of each. */
const WORDS_OF_ALL = 5;
const WORDS_OF_EACH = 3;

export class RedisPermitStore extends JointLeaseStore<keyof PermitKeys> implements PermitStore {
  readonly #keys: KeySpace;

  constructor(host: ScriptHost, keys: KeySpace, handOff: HandOff) {
    const scripts = { enter: semaphoreTake, leave: semaphoreGiveBack, renew: semaphoreRenew };
    super(
      host,
      {
        ...scripts,
        termsOf: (request) => {
          const { permits = 1, of = 1 } = request.share ?? {};
          return [termsOf(request, handOff === 'grant').idleMs, permits, of];
        },
        keysOf: (identity) => keys.permits(identity),
        identityIn: (key) => keys.identityOfPermits(key),
      },
      handOff,
    );
    this.#keys = keys;
  }

  override async inspect(identity: string): Promise<LeaseInspection> {
    const { holders, waiting, lastFence } = await this.look(identity, 1);
    const [first] = holders;
    return { holder: first?.token, remainingMs: first?.remainingMs ?? 0, lastFence, waiting };
  }

  async look(identity: string, most: number): Promise<PermitInspection> {
    const input = { keys: this.#keys.permits(identity), args: { many: most } };
    const { reply } = await runScript(this.host, semaphoreInspect, input);
    const [size = 0, waiting = 0, lastFence = 0, count = 0, more = 0] = reply
      .slice(0, WORDS_OF_ALL)
      .map(integer);
    const told = reply.slice(WORDS_OF_ALL);
    const holders = Array.from({ length: told.length / WORDS_OF_EACH }, (_, at) =>
      asHolder(told.slice(at * WORDS_OF_EACH)),
    );
    return { size: size === 0 ? undefined : size, taken: count + more, waiting, lastFence, holders };
  }

  async resize(identity: string, permits: number | undefined, keptMs: number): Promise<void> {
    const input = { keys: this.#keys.permits(identity), args: { most: permits ?? 0, keptMs } };
    await runScript(this.host, semaphoreResize, input);
  }
}

function asHolder([token, remainingMs, hold]: readonly (string | number)[]): PermitHolder {
  const [fence = 0, permits = 1] = text(hold).split(' ').map(Number);
  return { token: text(token), remainingMs: integer(remainingMs), fence, permits };
}
