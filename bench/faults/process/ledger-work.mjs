// The body of the section: check, write, pause, until it is told to end.
import { setTimeout as delay } from 'node:timers/promises';
import { commonNow } from '../../harness/common-clock.mjs';

const PAUSE_MS = 20;

export class LedgerWork {
  #over = false;
  #how;

  /**
   * @param {object} how
   * @param {import('./ledger.mjs').Ledger} how.ledger
   * @param {string} how.key
   * @param {string} how.who
   * @param {number} [how.steps] at most so many
   * @param {(event: string, details?: object) => void} how.tell
   */
  constructor(how) {
    this.#how = how;
  }

  /** Tells it to end. */
  finish() {
    this.#over = true;
  }

  stepsIn(ms) {
    return Math.floor(ms / PAUSE_MS);
  }

  /** @type {import('../users/user.d.ts').Work['untilDone']} */
  async untilDone(check, { fence, steps = Infinity } = {}) {
    const { tell } = this.#how;
    const most = Math.min(steps, this.#how.steps ?? Infinity);
    tell('granted');
    for (let step = 0; step < most && !this.#over; step += 1) {
      try {
        await check();
      } catch (error) {
        tell('told', { error: String(error) });
        throw error;
      }
      await this.#write(fence);
      await delay(PAUSE_MS);
    }
    tell('left');
  }

  #write(fence) {
    const { ledger, key, who } = this.#how;
    return ledger.write(key, { who, startedAt: commonNow(), fence });
  }
}
