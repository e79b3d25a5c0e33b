import { expect } from 'vitest';
import { Redis } from 'ioredis';
import { sharedRedisUrl } from '../../support/shared-redis.js';

/** Deletes a held lock behind everybody's back, as an admin might; its holder is told at the next renewal. */
export async function loseLock(namespace: string, lockName: string): Promise<void> {
  const client = new Redis(sharedRedisUrl());
  try {
    expect(await client.del(`hf1:${namespace}:{${lockName}}:lock`)).toBe(1);
  } finally {
    client.disconnect();
  }
}
