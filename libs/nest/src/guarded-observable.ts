/** An Observable that takes its lock when it is subscribed to and gives it back when it ends, in whichever way. */
import type { Lease } from '@holdfast/core';
import { from, Observable, type ObservableInput, type Subscriber } from 'rxjs';
import type { GuardedCall } from './guard.js';

/**
 * Completes empty when it was skipped. Fails, with the source unsubscribed, as soon as the lease is lost, unless
 * losses are only reported. A subscriber hears the end after the lock was given back.
 *
 * @param begin - Makes the call; what it throws reaches the subscriber.
 * @param open - Makes the source, while the lock is held.
 */
export function guardedObservable(begin: () => GuardedCall, open: () => unknown): Observable<unknown> {
  return new Observable((subscriber) => {
    const call = begin();
    const left = new AbortController();
    call
      .run((lease) => relay({ call, lease, left: left.signal, subscriber, open }), left.signal)
      .then(
        () => subscriber.complete(),
        (error: unknown) => subscriber.error(error),
      );
    return () => left.abort();
  });
}

interface Relay {
  readonly call: GuardedCall;
  readonly lease: Lease;
  readonly left: AbortSignal;
  readonly subscriber: Subscriber<unknown>;
  readonly open: () => unknown;
}

/** Settles when nothing of the source runs any more. */
function relay({ call, lease, left, subscriber, open }: Relay): Promise<void> {
  return new Promise((resolve, reject) => {
    if (left.aborted) {
      resolve();
      return;
    }
    const lost = call.endsWhenLost ? lease.signal : undefined;
    const source = from(asInput(open()));
    const subscription = source.subscribe({
      next: (value) => subscriber.next(value),
      error: reject,
      complete: resolve,
    });
    const end = (): void => {
      subscription.unsubscribe();
      resolve();
    };
    // Removed with the source, because a lease that is shared by a chain of calls outlives this subscription.
    subscription.add(() => {
      left.removeEventListener('abort', end);
      lost?.removeEventListener('abort', end);
    });
    left.addEventListener('abort', end);
    lost?.addEventListener('abort', end);
    if (left.aborted || lost?.aborted === true) end();
  });
}

/** A method that says it returns an Observable may still return anything that rxjs can turn into one. */
function asInput(value: unknown): ObservableInput<unknown> {
  return isInput(value) ? value : [value];
}

function isInput(value: unknown): value is ObservableInput<unknown> {
  return (
    typeof value === 'object' &&
    value !== null &&
    ('subscribe' in value || 'then' in value || Symbol.asyncIterator in value)
  );
}
