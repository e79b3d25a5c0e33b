/** Asks a limiter as fast as it can, many requests at a time. */
import type { Holdfast, RateLimitRule } from '@holdfast/core';
import { machineMs, textOf, type Command } from './wire.js';

/** What passed: between these two instants the server said so. */
export interface Passes {
  /** Sent and answered, one pair a request, in one list: there may be many. */
  readonly passed: readonly number[];
  readonly asked: number;
}

export async function askLimiter({ limiters }: Holdfast, command: Command): Promise<Passes> {
  const limits: RateLimitRule = JSON.parse(textOf(command['limits']));
  const limiter = limiters.define(textOf(command['name']), { limits });
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
