/** Holdfast instances for tests, closed when the test that made them is over. */
import { createHoldfast, type Holdfast, type HoldfastConnection, type HoldfastOptions } from '@holdfast/core';
import { onTestFinished } from 'vitest';
import { uniqueNamespace } from './namespace.js';

/** Starts an instance on `connection`, in a namespace of its own unless told, and closes it without grace afterwards. */
export async function openHoldfast(
  connection: HoldfastConnection,
  options: Partial<Omit<HoldfastOptions, 'connection'>> = {},
): Promise<Holdfast> {
  const holdfast = await createHoldfast({
    connection,
    namespace: uniqueNamespace(),
    connectTimeout: 2_000,
    ...options,
  });
  onTestFinished(() => holdfast.close(0));
  return holdfast;
}

/** What a promise was rejected with; fails when it was not. */
export async function rejectionOf(promise: PromiseLike<unknown>): Promise<unknown> {
  const value: unknown = await promise.then(
    (result) => ({ result }),
    (error: unknown) => ({ error }),
  );
  if (typeof value === 'object' && value !== null && 'error' in value) return value.error;
  throw new Error('this promise was expected to reject');
}
