/** Asks a limiter: as fast as it can, many requests at a time; or now and then, whatever becomes of the server. */
import { setTimeout as pause } from 'node:timers/promises';
import { LockError, type Holdfast, type RateLimiter, type RateLimitRule } from '@holdfast/core';
import type { Holding } from './holdings.js';
import { machineMs, tell, textOf, type Command } from './wire.js';

/** What passed: between these two instants the server said so. */
export interface Passes {
  /** Sent and answered, one pair a request, in one list: there may be many. */
  readonly passed: readonly number[];
  readonly asked: number;
}

function limiterOf({ limiters }: Holdfast, command: Command): RateLimiter {
  const limits: RateLimitRule | RateLimitRule[] = JSON.parse(textOf(command['limits']));
  return limiters.define(textOf(command['name']), { limits });
}

/** One request after the other until it is told to finish: each that passes is told. What could not be asked is not. */
export async function askNowAndThen(
  holdfast: Holdfast,
  { id, holding, command }: { readonly id: string; readonly holding: Holding; readonly command: Command },
): Promise<void> {
  const limiter = limiterOf(holdfast, command);
  let going = true;
  void holding.finished.then(() => (going = false));
  while (going) {
    const sentAt = machineMs();
    try {
      const { allowed } = await limiter.consume();
      if (allowed) tell('passed', { id, sentAt, answeredAt: machineMs() });
    } catch (error) {
      if (!LockError.is(error)) throw error;
    }
    await pause(Number(command['everyMs']));
  }
  tell('finished', { id });
}

export async function askLimiter(holdfast: Holdfast, command: Command): Promise<Passes> {
  const limiter = limiterOf(holdfast, command);
  const passed: number[] = [];
  let left = Number(command['count']);
  const asked = left;
  const ask = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      const sentAt = machineMs();
      const { allowed } = await limiter.consume();
      if (allowed) passed.push(sentAt, machineMs());
    }
  };
  await Promise.all(Array.from({ length: Number(command['atATime']) }, ask));
  return { passed, asked };
}
