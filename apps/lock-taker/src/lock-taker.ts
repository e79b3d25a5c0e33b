/**
 * What the process can be told to do. Every command carries an `id` that its messages repeat.
 *
 *   acquire, tryAcquire    granted | busy | failed; holds until `release`
 *   run                    granted, then ran | failed; the body ends with `finish` (with `value`, or `throw`)
 *   probe                  what the lease says about itself right now
 *   release, finish        ends a lease or a body
 *   abort                  aborts the signal that the command was started with
 *   loop                   acquires, works, writes if there is a ledger, and releases until `finish`; a `tenure` message each,
 *                          unless `quiet`; with `permits` a semaphore, with `all` several locks
 *   write                  checks, then writes to the fenced ledger; with `freeze`, stops itself between the two
 *   freeze                 stops itself, and probes in the first instruction after it was woken unless `blind`
 *   block                  keeps the event loop busy for `forMs`; and what work.ts and candidates.ts can be told
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { Holdfast, Lease } from '@holdfast/core';
import { Candidates } from './candidates.js';
import type { FencedLedger } from './fenced-ledger.js';
import { Holdings } from './holdings.js';
import { blockFor, freezeSelf } from './stand-still.js';
import { failureOf, machineMs, optionsOf, tell, textOf, type Command } from './wire.js';
import { Work } from './work.js';

export class LockTaker {
  readonly #holdfast: Holdfast;
  readonly #ledger: FencedLedger | undefined;
  readonly #holdings = new Holdings();
  readonly #candidates: Candidates;
  readonly #work: Work;
  #pending = 0;

  constructor(holdfast: Holdfast, ledger: FencedLedger | undefined) {
    this.#holdfast = holdfast;
    this.#ledger = ledger;
    this.#candidates = new Candidates(holdfast, ledger);
    this.#work = new Work(holdfast, ledger, this.#holdings);
  }

  /** How many commands are not over: after the instance was closed there must be none whose promise hangs. */
  get pending(): number {
    return this.#pending;
  }

  /** Rejects only for a command that makes no sense; what locks do is told by messages. */
  async obey(command: Command): Promise<void> {
    this.#pending += 1;
    try {
      await this.#obey(command);
    } finally {
      this.#pending -= 1;
    }
  }

  async #obey(command: Command): Promise<void> {
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
        return tell('released', { id, outcome: await this.#holdings.leaseOf(id).release() });
      case 'finish':
        return this.#holdings.of(id).finish(command);
      case 'abort':
        return this.#holdings.of(id).abort.abort(new Error('told to abort'));
      case 'probe':
        return tell('probe', { id, ...probe(this.#holdings.leaseOf(id)) });
      case 'freeze':
        tell('freezing', { id });
        freezeSelf();
        return tell('thawed', {
          id,
          ...(command['blind'] === true ? {} : probe(this.#holdings.leaseOf(id))),
        });
      case 'block':
        return blockFor(Number(command['forMs']));
      default:
        if (!(await this.#work.obey(id, command)) && !(await this.#candidates.obey(id, command)))
          throw new Error(`no such command: ${String(command['do'])}`);
    }
  }

  async #acquire(id: string, command: Command): Promise<void> {
    const holding = this.#holdings.open(id);
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
      holding.granted(lease);
    } catch (error) {
      tell('failed', { id, asked, ...failureOf(error) });
    }
  }

  async #run(id: string, command: Command): Promise<void> {
    const holding = this.#holdings.open(id);
    try {
      const options = { ...optionsOf(command), signal: holding.abort.signal };
      const value = await this.#holdfast.locks.run(textOf(command['name']), options, async (lease) => {
        holding.granted(lease);
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
    const holding = this.#holdings.open(id);
    let going = true;
    void holding.finished.then(() => (going = false));
    for (let round = 1; going; round += 1) {
      try {
        await this.#runGuarded(command, async (lease) => {
          const grantedAt = machineMs();
          await pause(Number(command['workMs'] ?? 5));
          const { resource, quiet } = command;
          const written = await this.#ledger?.write(
            lease.fence,
            machineMs(),
            typeof resource === 'string' ? resource : undefined,
          );
          const of = { fence: lease.fence, grantedAt, heldToTheEnd: lease.held, endedAt: machineMs() };
          if (quiet !== true) tell('tenure', { id, round, ...of, ...written });
        });
      } catch (error) {
        tell('failed', { id, round, ...failureOf(error) });
      }
    }
    tell('finished', { id });
  }

  #runGuarded(command: Command, body: (lease: Lease) => Promise<void>): Promise<void> {
    const { locks, semaphores } = this.#holdfast;
    const [name, options] = [textOf(command['name']), optionsOf(command)];
    const { permits, all } = command;
    if (Array.isArray(all))
      return locks.runAll(all.map(textOf), options, async ({ leases: [first] }) => first && body(first));
    return permits === undefined
      ? locks.run(name, options, body)
      : semaphores.run(name, { ...options, permits: Number(permits) }, body);
  }

  async #write(id: string, command: Command): Promise<void> {
    if (this.#ledger === undefined) throw new Error('no ledger: start the process with --ledgerUrl');
    const lease = this.#holdings.leaseOf(id);
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
