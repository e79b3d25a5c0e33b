// Notices when this process did not run: a timer that comes much too late.
import { commonNow } from '../../harness/common-clock.mjs';

const EVERY_MS = 20;
const WORTH_TELLING_MS = 100;

export class StallWatch {
  #lastAt = commonNow();

  /** @param {(stall: { from: number, to: number }) => void} onStall */
  constructor(onStall) {
    setInterval(() => {
      const [from, to] = [this.#lastAt, commonNow()];
      this.#lastAt = to;
      if (to - from > WORTH_TELLING_MS) onStall({ from, to });
    }, EVERY_MS).unref();
  }

  /** What has just happened was meant to. */
  excuse() {
    this.#lastAt = commonNow();
  }
}
