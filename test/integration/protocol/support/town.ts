/** Processes that campaign in one election on the embedded host and a settable clock, and a resource that its leader writes to. */
import { createHoldfast, type Campaign, type Holdfast } from '@holdfast/core';
import { embedded, SettableClock } from '@holdfast/embedded';
import { FencedResource } from '@holdfast/testing';
import { expect } from 'vitest';
import { Freezable } from '../../../support/freezable.js';

export const TTL_MS = 300;
const STEP_MS = 10;

export interface Process {
  readonly connection: Freezable;
  readonly holdfast: Holdfast;
  readonly campaign: Campaign;
}

export class Town {
  readonly resource = new FencedResource('town hall');
  readonly #clock = new SettableClock();
  readonly #provider = embedded({ clock: this.#clock });
  readonly #awake = new Set<Process>();

  async populate(): Promise<Process> {
    const connection = new Freezable(this.#provider);
    const holdfast = await createHoldfast({
      connection,
      namespace: 'town',
      ttl: TTL_MS,
      attemptTimeout: TTL_MS / 3,
    });
    const process = { connection, holdfast, campaign: holdfast.leaders.campaign('mayor') };
    this.#awake.add(process);
    return process;
  }

  freeze(process: Process): void {
    process.connection.freeze();
    this.#awake.delete(process);
  }

  kill(process: Process): void {
    process.connection.kill();
    this.#awake.delete(process);
  }

  async close(process: Process): Promise<void> {
    const closed = process.holdfast.close(0);
    this.#awake.delete(process);
    expect(process.campaign.isLeader()).toBe(false);
    await this.#clock.settle();
    void closed;
  }

  /** The first instruction after it wakes, before anything that waited for it. */
  thaw(process: Process): void {
    expect(process.campaign.isLeader()).toBe(false);
    expect(process.campaign.signal.aborted).toBe(true);
    this.#awake.add(process);
    process.connection.thaw();
  }

  async pass(ms: number): Promise<void> {
    for (let passed = 0; passed < ms; passed += STEP_MS) {
      await this.#clock.advance(STEP_MS);
      expect([...this.#awake].filter(({ campaign }) => campaign.isLeader()).length).toBeLessThan(2);
    }
  }

  /** Lets time pass until somebody leads and has written; gives how long that took. */
  async nextLeader(): Promise<{ leader: Process; term: number; tookMs: number }> {
    const since = this.#clock.now();
    for (;;) {
      const leader = [...this.#awake].find(({ campaign }) => campaign.isLeader());
      const term = leader?.campaign.term;
      const tookMs = this.#clock.now() - since;
      if (leader !== undefined && term !== undefined) {
        this.resource.write(term, term);
        return { leader, term, tookMs };
      }
      expect(tookMs).toBeLessThan(10_000);
      await this.pass(STEP_MS);
    }
  }
}
