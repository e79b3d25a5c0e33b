/**
 * A server in a few lines, behind a {@link ScriptedStore}: who holds one lock until when, and who stands in line. It
 * does what it is asked for in the order of the calls, as a real one does, but only when the test says so.
 */
import type { EngineBench } from './engine-bench.js';
import { LOST, RENEWED, type PendingAcquire, type PendingRenewal } from './scripted-store.js';

const BLOCK = 16;

export class TenureModel {
  /** Tokens whose key the server forgot: who has one finds that out with the next renewal. */
  readonly wiped = new Set<string>();
  /** The first fences of all blocks. */
  readonly blocks: number[] = [];
  /** Tokens that a free lock was pushed to. */
  readonly pushedTo: string[] = [];
  readonly #bench: EngineBench;
  readonly #line = new Map<string, PendingAcquire>();
  #held = { token: '', until: -Infinity, fence: 0 };
  #done = { acquire: 0, renew: 0, release: 0 };

  constructor(bench: EngineBench) {
    this.#bench = bench;
    bench.store.answersReleases = false;
  }

  /** Somebody of another process takes the lock if it is free. */
  takeElsewhere(forMs: number): void {
    if (this.#isFree) this.#grant('elsewhere', forMs);
  }

  /** The server loses everything, as by FLUSHALL; its clock goes on, and fences with it. */
  wipe(): void {
    if (!this.#isFree) this.wiped.add(this.#held.token);
    this.#held = { token: '', until: -Infinity, fence: 0 };
    this.#line.clear();
  }

  /** Does what it was asked for and answers, all of it or up to `most` calls. Without `replies` the answers are lost. */
  serve({ most = Infinity, replies = true }: { most?: number; replies?: boolean } = {}): void {
    const { wire, acquires, renewals, releases } = this.#bench.store;
    for (let served = 0; served < most; served += 1) {
      const { acquire, renew, release } = this.#done;
      const call = wire[acquire + renew + release];
      if (call === undefined) return;
      if (call.startsWith('acquire')) this.#acquire(acquires[this.#done.acquire++], replies);
      else if (call.startsWith('renew')) this.#renew(renewals[this.#done.renew++], replies);
      else {
        const asked = releases[this.#done.release++];
        const released = this.#release(asked?.request.token ?? '');
        if (replies) asked?.answer(released);
      }
    }
  }

  get #isFree(): boolean {
    return this.#held.until <= this.#bench.clock.now();
  }

  #acquire(asked: PendingAcquire | undefined, replies: boolean): void {
    if (asked === undefined) return;
    const { token, ttlMs, queueing } = asked.request;
    const lastFence = (this.blocks.at(-1) ?? 0) + BLOCK - 1;
    if (this.#isFree) this.#handOff(token);
    if (this.#isFree) this.#grant(token, ttlMs);
    if (this.#held.token === token) {
      this.#held.until = Math.max(this.#held.until, this.#bench.clock.now() + ttlMs);
      if (replies) asked.grant(this.#held.fence);
      return;
    }
    const joined = queueing && !this.#line.has(token);
    if (queueing) this.#line.set(token, asked);
    const remainingMs = this.#held.until - this.#bench.clock.now();
    const position = queueing ? [...this.#line.keys()].indexOf(token) + 1 : 0;
    if (replies) asked.taken({ holder: this.#held.token, remainingMs, lastFence, position, joined });
  }

  #renew(asked: PendingRenewal | undefined, replies: boolean): void {
    const answers = asked?.request.map(({ token, ttlMs }) => {
      if (this.#isFree || this.#held.token !== token) return LOST;
      this.#held.until = this.#bench.clock.now() + ttlMs;
      return RENEWED;
    });
    if (replies) asked?.say(...(answers ?? []));
  }

  #release(token: string): boolean {
    const held = !this.#isFree && this.#held.token === token;
    if (held) this.#held.until = -Infinity;
    this.#line.delete(token);
    if (this.#isFree) this.#handOff('');
    return held;
  }

  /** To the first in line, unless that is who asks. */
  #handOff(me: string): void {
    const [head] = this.#line.values();
    if (head === undefined || head.request.token === me) return;
    const { token, grantMs } = head.request;
    const fence = this.#grant(token, grantMs);
    this.pushedTo.push(token);
    this.#bench.store.push({ token, fence, lastsMs: grantMs });
  }

  #grant(token: string, forMs: number): number {
    const now = this.#bench.clock.now();
    const fence = Math.max(Math.floor(now) * 1_000, (this.blocks.at(-1) ?? 0) + BLOCK);
    this.blocks.push(fence);
    this.#held = { token, until: now + forMs, fence };
    this.#line.delete(token);
    return fence;
  }
}
