/** Says once a process who stands behind its tokens, and goes on saying it until the process leaves. */
import { AsyncResource } from 'node:async_hooks';
import type { HolderInfo } from '../acquire-errors.js';
import type { CancelTimer, Clock } from '../time/clock.js';
import type { CardStore } from './card-store.js';

const CARD_TTL_MS = 60_000;
const REPEAT_MS = 20_000;
const RETRY_MS = 1_000;

export class HolderPresence {
  readonly #cards: CardStore;
  readonly #clock: Clock;
  readonly #processId: string;
  readonly #details: string;
  readonly #root = new AsyncResource('HoldfastPresence');
  #cancel: CancelTimer = () => undefined;
  #left = false;

  constructor(cards: CardStore, clock: Clock, { processId, ...details }: HolderInfo) {
    this.#cards = cards;
    this.#clock = clock;
    this.#processId = processId;
    this.#details = JSON.stringify(details);
  }

  /** Announces now and again; trouble costs a name in a message, nothing else. */
  announce(): void {
    this.#cards.announce(this.#processId, this.#details, CARD_TTL_MS).then(
      () => this.#again(REPEAT_MS),
      () => this.#again(RETRY_MS),
    );
  }

  async leave(): Promise<void> {
    this.#left = true;
    this.#cancel();
    await this.#cards.withdraw(this.#processId).catch(() => undefined);
  }

  #again(delayMs: number): void {
    if (this.#left) return;
    this.#cancel = this.#root.runInAsyncScope(() =>
      this.#clock.setTimer(delayMs, () => this.announce(), 'unref'),
    );
  }
}
