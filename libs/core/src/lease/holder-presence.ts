/** Says who this process is and what it does, from the start until it leaves. */
import { AsyncResource } from 'node:async_hooks';
import type { CancelTimer, Clock } from '../time/clock.js';
import type { CardStore } from './card-store.js';
import { writeCard, type ProcessCard } from './process-card.js';

/** A holder that died can still be named for as long as its lease usually lasts. */
const KEPT_MS = 60_000;
const REPEAT_MS = 5_000;
const RETRY_MS = 1_000;

type CardsOfOne = Pick<CardStore, 'announce' | 'withdraw'>;

/** Whose card it is. */
export interface Presence {
  readonly processId: string;
  /** What the card says now. */
  describe(): ProcessCard;
}

export class HolderPresence {
  readonly #cards: CardsOfOne;
  readonly #clock: Clock;
  readonly #of: Presence;
  readonly #root = new AsyncResource('HoldfastPresence');
  #cancel: CancelTimer = () => undefined;
  #left = false;

  constructor(cards: CardsOfOne, clock: Clock, of: Presence) {
    this.#cards = cards;
    this.#clock = clock;
    this.#of = of;
  }

  /** Announces now and again; trouble costs a name in a message, nothing else. */
  announce(): void {
    const { processId } = this.#of;
    this.#cards.announce(processId, writeCard(this.#of.describe()), KEPT_MS).then(
      () => this.#again(REPEAT_MS),
      () => this.#again(RETRY_MS),
    );
  }

  async leave(): Promise<void> {
    this.#left = true;
    this.#cancel();
    await this.#cards.withdraw(this.#of.processId).catch(() => undefined);
  }

  #again(delayMs: number): void {
    if (this.#left) return;
    this.#cancel = this.#root.runInAsyncScope(() =>
      this.#clock.setTimer(delayMs, () => this.announce(), 'unref'),
    );
  }
}
