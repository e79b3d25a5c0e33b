/**
 * What the process can be told to do. Every command carries an `id` that its messages repeat.
 *
 *   acquire, tryAcquire    granted | busy | failed; holds until `release`
 *   run                    granted, then ran | failed; the body ends with `finish` (with `value`, or `throw`)
 *   probe                  what the lease says about itself right now
 *   release, finish        ends a lease or a body
 *   abort                  aborts the signal that the command was started with
 *   loop                   acquires, works, writes if there is a ledger, and releases until `finish`; a `tenure` message each
 *   write                  checks, then writes to the fenced ledger; with `freeze`, stops itself between the two
 *   freeze                 stops itself, and probes in the first instruction after it was woken unless `blind`
 *   block                  keeps the event loop busy for `forMs`; and what candidates.ts can be told
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { AcquireOptions, Holdfast, Lease } from '@holdfast/core';
import { Candidates } from './candidates.js';
import type { FencedLedger } from './fenced-ledger.js';
import { blockFor, freezeSelf } from './stand-still.js';
import { failureOf, machineMs, tell, textOf, type Command } from './wire.js';

interface Holding {
  lease?: Lease;
  readonly abort: AbortController;
  readonly finished: Promise<Command>;
  readonly finish: (how: Command) => void;
}

export class LockTaker {
  readonly #holdfast: Holdfast;
  readonly #ledger: FencedLedger | undefined;
  readonly #holdings = new Map<string, Holding>();
  readonly #candidates: Candidates;

  constructor(holdfast: Holdfast, ledger: FencedLedger | undefined) {
    this.#holdfast = holdfast;
    this.#ledger = ledger;
    this.#candidates = new Candidates(holdfast, ledger);
  }

  /** Rejects only for a command that makes no sense; what locks do is told by messages. */
  async obey(command: Command): Promise<void> {
    const id = textOf(command['id'] ?? 'default');
    switch (command['do']) {
      case 'acquire':
      case 'tryAcquire':
        return this.#acquire(id, command);
      case 'run':
        return this.#run(id, command);
      case 'loop':
        return this.#loop(id, command);
      case 'write':
        return this.#write(id, command);
      case 'release':
        return tell('released', { id, outcome: await this.#lease(id).release() });
      case 'finish':
        return this.#holding(id).finish(command);
      case 'abort':
        return this.#holding(id).abort.abort(new Error('told to abort'));
      case 'probe':
        return tell('probe', { id, ...probe(this.#lease(id)) });
      case 'freeze':
        tell('freezing', { id });
        freezeSelf();
        return tell('thawed', { id, ...(command['blind'] === true ? {} : probe(this.#lease(id))) });
      case 'block':
        return blockFor(Number(command['forMs']));
      default:
        if (!(await this.#candidates.obey(id, command)))
          throw new Error(`no such command: ${String(command['do'])}`);
    }
  }

  async #acquire(id: string, command: Command): Promise<void> {
    const holding = this.#open(id);
    const { locks } = this.#holdfast;
    const asked = machineMs();
    try {
      const options = { ...optionsOf(command), signal: holding.abort.signal };
      const name = textOf(command['name']);
      const lease =
        command['do'] === 'acquire'
          ? await locks.acquire(name, options)
          : await locks.tryAcquire(name, options);
      if (lease === undefined) return tell('busy', { id, asked });
      this.#granted(id, holding, lease);
    } catch (error) {
      tell('failed', { id, asked, ...failureOf(error) });
    }
  }

  async #run(id: string, command: Command): Promise<void> {
    const holding = this.#open(id);
    try {
      const options = { ...optionsOf(command), signal: holding.abort.signal };
      const value = await this.#holdfast.locks.run(textOf(command['name']), options, async (lease) => {
        this.#granted(id, holding, lease);
        const how = await holding.finished;
        tell('body-ended', { id });
        if (how['throw'] !== undefined) throw new Error(textOf(how['throw']));
        return how['value'];
      });
      tell('ran', { id, value });
    } catch (error) {
      tell('failed', { id, ...failureOf(error) });
    }
  }

  async #loop(id: string, command: Command): Promise<void> {
    const holding = this.#open(id);
    let going = true;
    void holding.finished.then(() => (going = false));
    for (let round = 1; going; round += 1) {
      try {
        await this.#holdfast.locks.run(textOf(command['name']), optionsOf(command), async (lease) => {
          const grantedAt = machineMs();
          await pause(Number(command['workMs'] ?? 5));
          const written = await this.#ledger?.write(lease.fence, machineMs());
          tell('tenure', { id, round, fence: lease.fence, grantedAt, heldToTheEnd: lease.held, ...written });
        });
      } catch (error) {
        tell('failed', { id, round, ...failureOf(error) });
      }
    }
    tell('finished', { id });
  }

  async #write(id: string, command: Command): Promise<void> {
    if (this.#ledger === undefined) throw new Error('no ledger: start the process with --ledgerUrl');
    const lease = this.#lease(id);
    if (command['skipCheck'] !== true && !lease.held)
      return tell('write', { id, fence: lease.fence, checked: false });
    if (command['freeze'] === true) {
      tell('freezing', { id });
      freezeSelf();
    }
    const startedAt = machineMs();
    tell('write', {
      id,
      fence: lease.fence,
      checked: true,
      startedAt,
      ...(await this.#ledger.write(lease.fence, startedAt)),
    });
  }

  #granted(id: string, holding: Holding, lease: Lease): void {
    holding.lease = lease;
    lease.signal.addEventListener('abort', () => tell('lost', { id, ...failureOf(lease.signal.reason) }), {
      once: true,
    });
    tell('granted', { id, fence: lease.fence, remainingMs: lease.remainingMs });
  }

  #open(id: string): Holding {
    const { promise, resolve } = withResolvers<Command>();
    const holding: Holding = { abort: new AbortController(), finished: promise, finish: resolve };
    this.#holdings.set(id, holding);
    return holding;
  }

  #holding(id: string): Holding {
    const holding = this.#holdings.get(id);
    if (holding === undefined) throw new Error(`nothing was started under the id ${id}`);
    return holding;
  }

  #lease(id: string): Lease {
    const { lease } = this.#holding(id);
    if (lease === undefined) throw new Error(`nothing was granted under the id ${id}`);
    return lease;
  }
}

/** Synchronous on purpose: what is true at this very instruction. */
function probe(lease: Lease): Record<string, unknown> {
  let check: Record<string, unknown> = { code: 'ok' };
  try {
    lease.assertHeld();
  } catch (error) {
    check = failureOf(error);
  }
  return {
    check,
    aborted: lease.signal.aborted,
    held: lease.held,
    remainingMs: lease.remainingMs,
    fence: lease.fence,
  };
}

function optionsOf({ options }: Command): AcquireOptions {
  return typeof options === 'object' && options !== null ? { ...options } : {};
}

function withResolvers<T>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => undefined;
  const promise = new Promise<T>((done) => (resolve = done));
  return { promise, resolve };
}
