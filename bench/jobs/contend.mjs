// Waiters of one key, each taking it, doing something for a moment and giving it back, until the time is over.
import { Redis } from 'ioredis';
import { setTimeout as delay } from 'node:timers/promises';
import { OWN_KEYS } from '../harness/command-log.mjs';
import { commonNow, until } from '../harness/common-clock.mjs';

/** @type {Redis | undefined} kept between rounds */
let witness;

/**
 * @param {import('../contenders/contender.d.ts').Client} client
 * @param {{ key: string, waiters: number, startsAt: number, endsAt: number, options: object,
 *   section?: { ms: number, port: number } }} params without a section there is nothing between grant and release
 */
export default async function contend(client, { waiters, ...params }) {
  const tally = {
    grants: Array.from({ length: waiters }, () => 0),
    acquired: 0,
    handOffs: 0,
    gaveUp: 0,
    overlaps: 0,
    last: -1,
  };
  if (params.section !== undefined) witness ??= new Redis(params.section.port, '127.0.0.1');
  await until(params.startsAt);
  await Promise.all(tally.grants.map((_, waiter) => standInLine(client, { ...params, waiter, tally })));
  return tally;
}

async function standInLine(client, { waiter, tally, ...params }) {
  const { key, endsAt, options, section } = params;
  while (commonNow() < endsAt) {
    let handle;
    try {
      handle = await client.acquire(key, options);
    } catch (error) {
      if (commonNow() < endsAt) tally.gaveUp += 1;
      continue;
    }
    tally.acquired += 1;
    if (commonNow() < endsAt) {
      tally.grants[waiter] += 1;
      if (tally.last !== waiter) tally.handOffs += 1;
      tally.last = waiter;
      if (section !== undefined) tally.overlaps += await alone(key, section.ms);
    }
    await client.release(handle);
  }
}

/** Stays for a moment where only one may be. @returns how many others were there on arrival */
async function alone(key, ms) {
  const inside = await witness.incr(`${OWN_KEYS}${key}`);
  await delay(ms);
  await witness.decr(`${OWN_KEYS}${key}`);
  return inside - 1;
}
