/** Who stands behind a process id. Looked up in the background, one look at a time: nobody waits for a name. */
import type { HolderInfo } from '../acquire-errors.js';
import type { Clock } from '../time/clock.js';
import { within } from '../time/within.js';
import type { CardStore } from './card-store.js';
import { readCard } from './process-card.js';
import { processOf } from './token.js';

const REMEMBERED = 256;
const LOOK_UP_WITHIN_MS = 500;
const ASK_AGAIN_MS = 1_000;

export class HolderDirectory {
  readonly #cards: Pick<CardStore, 'lookUp'>;
  readonly #clock: Clock;
  readonly #known = new Map<string, HolderInfo>();
  readonly #asked = new Map<string, { readonly answer: Promise<void>; readonly again: number }>();

  constructor(cards: Pick<CardStore, 'lookUp'>, clock: Clock) {
    this.#cards = cards;
    this.#clock = clock;
  }

  /** What is known right now about the holder with this token; starts a look-up for next time if that is little. */
  holderOf(token: string | undefined): HolderInfo | undefined {
    const processId = token === undefined ? undefined : processOf(token);
    if (processId === undefined) return undefined;
    void this.#lookUp(processId);
    return this.#known.get(processId) ?? { processId };
  }

  /** The same, after a look-up that may take a moment. Never rejects. */
  async find(token: string | undefined): Promise<HolderInfo | undefined> {
    const processId = token === undefined ? undefined : processOf(token);
    if (processId === undefined) return undefined;
    await within(this.#clock, LOOK_UP_WITHIN_MS, this.#lookUp(processId));
    return this.#known.get(processId) ?? { processId };
  }

  /** One at a time for each process; a miss is not asked for again before a second is over. */
  #lookUp(processId: string): Promise<void> {
    if (this.#known.has(processId)) return Promise.resolve();
    const asked = this.#asked.get(processId);
    if (asked !== undefined && this.#clock.now() < asked.again) return asked.answer;
    const answer = this.#cards.lookUp(processId).then(
      (details) => this.#remember(processId, details),
      () => undefined,
    );
    this.#asked.set(processId, { answer, again: this.#clock.now() + ASK_AGAIN_MS });
    forgetOldest(this.#asked);
    return answer;
  }

  #remember(processId: string, details: string | undefined): void {
    if (details === undefined) return;
    this.#asked.delete(processId);
    this.#known.set(processId, { processId, ...holderOn(details) });
    forgetOldest(this.#known);
  }
}

function forgetOldest(map: Map<string, unknown>): void {
  const [oldest] = map.keys();
  if (map.size > REMEMBERED && oldest !== undefined) map.delete(oldest);
}

/** Of a card what a message names; what it does not say is left out. */
function holderOn(details: string): Omit<HolderInfo, 'processId'> {
  const { replica, host, pid } = readCard(details);
  return {
    ...(replica === undefined ? {} : { replica }),
    ...(host === undefined ? {} : { host }),
    ...(pid === undefined ? {} : { pid }),
  };
}
