/** Who stands behind a process id. Looked up once a process, in the background: nobody waits for a name. */
import type { HolderInfo } from '../acquire-errors.js';
import type { Clock } from '../time/clock.js';
import { within } from '../time/within.js';
import type { CardStore } from './card-store.js';
import { processOf } from './token-source.js';

const REMEMBERED = 256;
const LOOK_UP_WITHIN_MS = 500;

export class HolderDirectory {
  readonly #cards: CardStore;
  readonly #clock: Clock;
  readonly #known = new Map<string, HolderInfo>();

  constructor(cards: CardStore, clock: Clock) {
    this.#cards = cards;
    this.#clock = clock;
  }

  /** What is known right now about the holder with this token; starts a look-up for next time if that is little. */
  holderOf(token: string | undefined): HolderInfo | undefined {
    const processId = token === undefined ? undefined : processOf(token);
    if (processId === undefined) return undefined;
    const known = this.#known.get(processId);
    if (known !== undefined) return known;
    void this.find(token);
    return { processId };
  }

  /** The same, after a look-up that may take a moment. Never rejects. */
  async find(token: string | undefined): Promise<HolderInfo | undefined> {
    const processId = token === undefined ? undefined : processOf(token);
    if (processId === undefined) return undefined;
    const asked = this.#cards.lookUp(processId).catch(() => undefined);
    const details = await within(this.#clock, LOOK_UP_WITHIN_MS, asked);
    const info = { processId, ...readCard(details) };
    if (details === undefined) return info;
    this.#known.set(processId, info);
    const [oldest] = this.#known.keys();
    if (this.#known.size > REMEMBERED && oldest !== undefined) this.#known.delete(oldest);
    return info;
  }
}

/** Cards are written by other processes, of other versions: whatever does not fit is left out. */
function readCard(details: string | undefined): Omit<HolderInfo, 'processId'> {
  const card = parse(details ?? '');
  return {
    ...('replica' in card && typeof card.replica === 'string' ? { replica: card.replica } : {}),
    ...('host' in card && typeof card.host === 'string' ? { host: card.host } : {}),
    ...('pid' in card && typeof card.pid === 'number' ? { pid: card.pid } : {}),
  };
}

function parse(text: string): object {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}
