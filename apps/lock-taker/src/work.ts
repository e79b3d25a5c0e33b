/**
 * Work under a lock as it should be done, for tests that disturb it: check, write to the fenced ledger, and again.
 *
 *   work                   granted | failed; then writes every `everyMs` until `finish`, or until the check fails, which is
 *                          told as `refused`; then released
 *   body                   `run` with a body that ends as `how` says: see `bodies`; ran | threw | failed
 *   heap                   what its objects need; start it with `--expose-gc`
 *   limit                  asks a limiter `count` times, `atATime`; limited, with when those that passed were sent and answered
 *   limit-loop             asks a limiter every `everyMs` until `finish`; a `passed` message each that passes
 *   buy                    reserves and confirms one of a quota for each of many buyers, until all is sold; bought
 *   once                   asks many times for something that is done once; doing, where it is done; then done-once
 *   prove                  works under `permits` and proves them to the ledger until `finish`; a `proven` message each
 *   suspend                pretends that the machine slept `forMs`
 */
import { setTimeout as pause } from 'node:timers/promises';
import { LockError, type Holdfast, type Lease } from '@holdfast/core';
import { buy } from './buying.js';
import { doOnce } from './doing-once.js';
import type { FencedLedger } from './fenced-ledger.js';
import { collectedHeap } from './heap.js';
import type { Holding, Holdings } from './holdings.js';
import { pretendSuspend } from './suspend.js';
import { askLimiter, askNowAndThen } from './limited.js';
import { proveOn } from './proving.js';
import { failureOf, machineMs, optionsOf, tell, textOf, type Command } from './wire.js';

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
    switch (command['do']) {
      case 'work':
        await this.#work(id, command);
        return true;
      case 'body':
        await this.#body(id, command);
        return true;
      case 'limit':
        tell('limited', { id, ...(await askLimiter(this.#holdfast, command)) });
        return true;
      case 'limit-loop':
        await askNowAndThen(this.#holdfast, { id, holding: this.#holdings.open(id), command });
        return true;
      case 'buy':
        tell('bought', { id, ...(await buy(this.#holdfast, command)) });
        return true;
      case 'once':
        tell('done-once', { id, ...(await doOnce(this.#holdfast, id, command)) });
        return true;
      case 'prove':
        if (this.#ledger === undefined) throw new Error('no ledger: start the process with --ledgerUrl');
        await proveOn(this.#holdfast, this.#ledger, { id, holding: this.#holdings.open(id), command });
        return true;
      case 'suspend':
        pretendSuspend(Number(command['forMs']));
        tell('suspended', { id });
        return true;
      case 'heap':
        tell('heap', { id, bytes: await collectedHeap() });
        return true;
      default:
        return false;
    }
  }

  async #work(id: string, command: Command): Promise<void> {
    const holding = this.#holdings.open(id);
    const name = textOf(command['name']);
    const given = optionsOf(command);
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

  async #body(id: string, command: Command): Promise<void> {
    const holding = this.#holdings.open(id);
    const given = optionsOf(command);
    const body = bodies[textOf(command['how'])];
    try {
      const options = { ...given, signal: holding.abort.signal };
      const value = await this.#holdfast.locks.run(textOf(command['name']), options, (lease) => {
        holding.granted(lease);
        return body?.() ?? Promise.resolve();
      });
      tell('ran', { id, value: value ?? null });
    } catch (error) {
      // The error of the body itself is not ours.
      tell(LockError.is(error) ? 'failed' : 'threw', { id, ...failureOf(error) });
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

/** What users' code does. */
const bodies: Readonly<Record<string, () => Promise<unknown>>> = {
  'throws at once': () => {
    throw new Error('the printer is on fire');
  },
  rejects: () => Promise.reject(new Error('the printer is on fire')),
  'returns nothing': async () => undefined,
  'never ends': () => new Promise(() => undefined),
};

function refusalOf(lease: Lease): Record<string, unknown> | undefined {
  try {
    lease.assertHeld();
    return undefined;
  } catch (error) {
    return failureOf(error);
  }
}
