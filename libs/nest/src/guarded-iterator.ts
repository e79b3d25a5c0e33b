/** An async iterator that takes its lock at the first `next()` and gives it back when it ends or is returned. */
import { AsyncResource } from 'node:async_hooks';
import { LockHoldLimitError, type Lease } from '@holdfast/core';
import type { GuardedCall } from './guard.js';

interface Opened {
  readonly source: AsyncIterator<unknown, unknown, unknown>;
  readonly lease: Lease;
  /** Code between two yields runs in the context of whoever asks for the next value; this puts it under the lease. */
  readonly scope: AsyncResource;
  /** Ends the body, and with it the lease. */
  readonly close: (failure?: { readonly error: unknown }) => void;
}

type Step = (source: Opened['source']) => Promise<IteratorResult<unknown, unknown>> | undefined;

const DONE: IteratorResult<unknown, unknown> = { done: true, value: undefined };

/**
 * What a decorated async generator returns. Done at once when it was skipped. When the lease is lost, the next step
 * ends the source and fails with the loss, unless losses are only reported. A consumer that neither finishes nor
 * calls `return()` (which `for await` does by itself) keeps the lock; `holdAtMost` is the bound for that.
 */
export class GuardedIterator implements AsyncGenerator<unknown, unknown, unknown> {
  private readonly left = new AbortController();
  private running: Promise<void> | undefined;
  private opened: Promise<Opened | undefined> | undefined;
  /** Whether a lost lease ends the source at the next step. */
  private endsWhenLost = true;
  /** Whether the lock is given back already, as `holdAtMost` does under a source that still runs. */
  private ended = false;
  private over = false;

  /**
   * @param begin - Makes the call; what it throws reaches the consumer.
   * @param open - Makes the source, while the lock is held.
   */
  constructor(
    private readonly begin: () => GuardedCall,
    private readonly open: () => unknown,
  ) {}

  next(value?: unknown): Promise<IteratorResult<unknown, unknown>> {
    return this.step((source) => source.next(value));
  }

  async return(value?: unknown): Promise<IteratorResult<unknown, unknown>> {
    // Nobody waits for what never began, and a wait that its own consumer gave up is no failure.
    this.left.abort();
    const opened = await this.opened?.catch(() => undefined);
    if (opened === undefined) this.over = true;
    if (this.over) return { done: true, value: await value };
    return this.step((source) => source.return?.(value));
  }

  async throw(error: unknown): Promise<IteratorResult<unknown, unknown>> {
    if (this.opened === undefined) this.over = true;
    if (this.over) throw error;
    return this.step(async (source) => {
      if (source.throw === undefined) throw error;
      return source.throw(error);
    });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }

  private async step(take: Step): Promise<IteratorResult<unknown, unknown>> {
    if (this.over) return DONE;
    const opened = await (this.opened ??= this.enter());
    if (opened === undefined) return this.finish(DONE);
    if (this.isOver(opened.lease)) return this.giveUp(opened);
    try {
      const result = await opened.scope.runInAsyncScope(take, undefined, opened.source);
      if (result !== undefined && result.done !== true) return result;
      opened.close();
      return await this.finish(result ?? DONE);
    } catch (error) {
      opened.close({ error });
      return this.finish(DONE);
    }
  }

  /** Resolves when the lock is held, or without anything when it was skipped. */
  private enter(): Promise<Opened | undefined> {
    return new Promise((resolve, reject) => {
      const call = this.begin();
      this.endsWhenLost = call.endsWhenLost;
      const running = call.run((lease) => this.hold(lease, resolve), this.left.signal);
      this.running = running.then(() => undefined).finally(() => (this.ended = true));
      this.running.then(() => resolve(undefined), reject);
    });
  }

  private hold(lease: Lease, opened: (value: Opened) => void): Promise<void> {
    return new Promise((resolve, reject) => {
      const source = iteratorOf(this.open());
      const scope = new AsyncResource('HoldfastGuardedIterator');
      const close: Opened['close'] = (failure) => (failure === undefined ? resolve() : reject(failure.error));
      opened({ source, lease, scope, close });
    });
  }

  /** Looks at the clock, because the timer that tells of a loss or of `holdAtMost` may be late. */
  private isOver({ signal }: Lease): boolean {
    if (this.ended) return true;
    return signal.aborted && (this.endsWhenLost || LockHoldLimitError.is(signal.reason));
  }

  /** The lease is gone: lets the source clean up, and fails with what happened to the lease. */
  private async giveUp({ source, lease, scope, close }: Opened): Promise<IteratorResult<unknown, unknown>> {
    try {
      await scope.runInAsyncScope(() => source.return?.());
      close({ error: lease.signal.reason });
    } catch (error) {
      close({ error });
    }
    return this.finish(DONE);
  }

  /** Waits until the lock is given back; what went wrong with body or lease is thrown here, once. */
  private async finish(result: IteratorResult<unknown, unknown>): Promise<IteratorResult<unknown, unknown>> {
    if (this.over) return DONE;
    this.over = true;
    await this.running;
    return result;
  }
}

/** A method that says it returns an AsyncIterable may still return something else. */
function iteratorOf(value: unknown): Opened['source'] {
  if (isAsyncIterable(value)) return value[Symbol.asyncIterator]();
  throw new TypeError('A method with returns: "async-iterable" returned something else');
}

function isAsyncIterable(value: unknown): value is AsyncIterable<unknown, unknown, unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value;
}
