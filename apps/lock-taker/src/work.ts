/**
 * Work under a lock as it should be done, for tests that disturb it: check, write to the fenced ledger, and again.
 *
 *   work                   granted | failed; then writes every `everyMs` until `finish`, or until the check fails, which is
 *                          told as `refused`; then released
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { AcquireOptions, Holdfast, Lease } from '@holdfast/core';
import type { FencedLedger } from './fenced-ledger.js';
import type { Holding, Holdings } from './holdings.js';
import { failureOf, machineMs, tell, textOf, type Command } from './wire.js';

const EVERY_MS = 10;

export class Work {
  readonly #holdfast: Holdfast;
  readonly #ledger: FencedLedger | undefined;
  readonly #holdings: Holdings;

  constructor(holdfast: Holdfast, ledger: FencedLedger | undefined, holdings: Holdings) {
    this.#holdfast = holdfast;
    this.#ledger = ledger;
    this.#holdings = holdings;
  }

  /** Whether the command was one of these. */
  async obey(id: string, command: Command): Promise<boolean> {
    if (command['do'] !== 'work') return false;
    await this.#work(id, command);
    return true;
  }

  async #work(id: string, command: Command): Promise<void> {
    const holding = this.#holdings.open(id);
    const name = textOf(command['name']);
    const given: AcquireOptions = typeof command['options'] === 'object' ? { ...command['options'] } : {};
    const asked = { asked: machineMs(), waitMs: given.wait };
    try {
      const lease = await this.#holdfast.locks.acquire(name, { ...given, signal: holding.abort.signal });
      holding.granted(lease, asked);
      await this.#writeOn(id, holding, name);
      tell('released', { id, outcome: await lease.release() });
    } catch (error) {
      tell('failed', { id, ...asked, ...failureOf(error) });
    }
  }

  async #writeOn(id: string, { lease, finished }: Holding, name: string): Promise<void> {
    let going = true;
    void finished.then(() => (going = false));
    const seen = { writes: 0, deadlineAt: 0 };
    while (going) {
      // A write begins with its check: a process that is stopped between the two has begun before.
      const startedAt = machineMs();
      const refusal = refusalOf(lease);
      if (refusal !== undefined) return tell('refused', { id, ...seen, ...refusal });
      seen.deadlineAt = Math.max(seen.deadlineAt, startedAt + lease.remainingMs);
      seen.writes += 1;
      await this.#ledger?.write(lease.fence, startedAt, name);
      await pause(EVERY_MS);
    }
    tell('worked', { id, ...seen });
  }
}

function refusalOf(lease: Lease): Record<string, unknown> | undefined {
  try {
    lease.assertHeld();
    return undefined;
  } catch (error) {
    return failureOf(error);
  }
}
