/** The customers: they send orders and carts to whatever replica answers, and send again what got no answer. */
import { setTimeout as pause } from 'node:timers/promises';
import { CART_EVERY_MS, ORDER_EVERY_MS } from '../pace.js';
import type { Fleet } from './fleet.js';

const ANSWER_WITHIN_MS = 1_000;
const RETRY_AFTER_MS = 100;
const ATTEMPTS = 20;

export class LoadSource {
  readonly #fleet: Fleet;
  readonly #underway = new Set<Promise<void>>();
  readonly #timers: NodeJS.Timeout[] = [];
  #orders = 0;
  #carts = 0;

  constructor(fleet: Fleet) {
    this.#fleet = fleet;
  }

  start(): void {
    this.#timers.push(setInterval(() => this.#track(this.#order()), ORDER_EVERY_MS));
    this.#timers.push(setInterval(() => this.#track(this.#cart()), CART_EVERY_MS));
  }

  /** No more from now on; resolves when the last answer is in. */
  async stop(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    await Promise.all(this.#underway);
  }

  #order(): Promise<void> {
    this.#orders += 1;
    const number = String(this.#orders).padStart(5, '0');
    const cents = 500 + Math.floor(Math.random() * 20_000);
    return this.#send('/orders', { orderId: `web-${number}`, customer: `visitor ${number}`, cents });
  }

  #cart(): Promise<void> {
    this.#carts += 1;
    return this.#send('/carts', { cartId: `cart-${this.#carts}` });
  }

  #track(sending: Promise<void>): void {
    this.#underway.add(sending);
    void sending.finally(() => this.#underway.delete(sending));
  }

  /** A customer who never gets an answer goes away: what the shop did not accept, it need not invoice. */
  async #send(path: string, body: object): Promise<void> {
    for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
      if (await this.#accepted(path, body)) return;
      await pause(RETRY_AFTER_MS);
    }
  }

  async #accepted(path: string, body: object): Promise<boolean> {
    const replica = this.#fleet.anyone();
    if (replica === undefined) return false;
    try {
      const response = await fetch(`${replica.url}${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
        signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
      });
      await response.arrayBuffer();
      return response.ok;
    } catch {
      return false;
    }
  }
}
