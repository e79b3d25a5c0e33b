/** Reads a namespace from the stores in which its processes keep it. */
import { answerToCaller } from '../lease/answer-to-caller.js';
import type { CardStore } from '../lease/card-store.js';
import { readCard } from '../lease/process-card.js';
import type { Clock } from '../time/clock.js';
import { Inspector, type ReplicaInfo } from './inspector.js';

/** What the inspector works with. */
export interface InspectorParts {
  readonly cards: CardStore;
  readonly clock: Clock;
  readonly attemptTimeoutMs: number;
}

const MOST_REPLICAS = 1_000;

export class StoreInspector extends Inspector {
  readonly #parts: InspectorParts;

  constructor(parts: InspectorParts) {
    super();
    this.#parts = parts;
  }

  override async replicas(): Promise<readonly ReplicaInfo[]> {
    const asked = this.#parts.cards.list(MOST_REPLICAS);
    const cards = await answerToCaller(this.#parts, undefined, asked);
    return cards.map(({ details, ...listed }) => ({ ...listed, ...readCard(details) }));
  }
}
