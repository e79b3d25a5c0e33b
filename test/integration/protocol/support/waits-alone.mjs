// Waits for a lock that is held, with nothing but timers of the library to keep the process alive.
import { createHoldfast } from '@holdfast/core';
import { embedded } from '@holdfast/embedded';

const connection = embedded();
const [holder, waiter] = [
  await createHoldfast({ connection, namespace: 'alone' }),
  await createHoldfast({ connection, namespace: 'alone' }),
];
await holder.locks.acquire('order');
const outcome = await waiter.locks.acquire('order', { wait: 400 }).then(
  () => 'granted',
  (error) => error.code,
);
process.stdout.write(`${JSON.stringify({ outcome })}\n`);
// No close: a lease that is held and its keeper must not keep the process alive either.
