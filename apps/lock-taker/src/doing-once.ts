/** Asks many times at once for something that is done once. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Holdfast } from '@holdfast/core';
import { tell, textOf, type Command } from './wire.js';

/** What each of the callers got, as JSON, and how often it was done here. */
export interface Done {
  readonly results: readonly string[];
  readonly runs: number;
}

/** `callers` of them; who does it says `doing`, and takes `takesMs`. */
export async function doOnce({ once }: Holdfast, id: string, command: Command): Promise<Done> {
  let runs = 0;
  const body = async ({ fence }: { readonly fence: number }): Promise<{ by: number; fence: number }> => {
    runs += 1;
    tell('doing', { id, fence });
    await pause(Number(command['takesMs']));
    return { by: process.pid, fence };
  };
  const options = { remember: '1h', ttl: Number(command['ttlMs']), wait: '30s' } as const;
  const calls = Array.from({ length: Number(command['callers']) }, () =>
    once.run(textOf(command['name']), options, body),
  );
  const results = (await Promise.all(calls)).map((result) => JSON.stringify(result));
  return { results, runs };
}
