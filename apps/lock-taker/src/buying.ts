/** Buyers of a flash sale: each reserves one, takes its time, and confirms; and goes on, also when nothing is left. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Holdfast } from '@holdfast/core';
import { textOf, type Command } from './wire.js';

/** What came of them. */
export interface Sales {
  readonly attempts: number;
  readonly bought: number;
  /** Had one reserved and came too late. */
  readonly late: number;
}

/** `stock` of them for buyers `from` to `to`, `atATime`; until all is sold, and `attempts` in this process at least. */
export async function buy({ quotas }: Holdfast, command: Command): Promise<Sales> {
  const number = (name: string): number => Number(command[name]);
  const stock = number('stock');
  const sale = quotas.define(textOf(command['name']), {
    counters: { left: { most: stock, initial: stock }, sold: { most: stock } },
  });
  const told = { attempts: 0, bought: 0, late: 0 };
  let soldOut = false;
  const buyers = number('to') - number('from');
  const shop = async (): Promise<void> => {
    while (!soldOut || told.attempts < number('attempts')) {
      const id = `buyer-${number('from') + Math.floor(Math.random() * buyers)}`;
      told.attempts += 1;
      const got = await sale.reserve({ left: -1, sold: 1 }, { id, ttl: number('ttlMs') });
      if (!got.reserved) {
        soldOut = got.counters.left.value === 0 && got.counters.left.reservedDown === 0;
        continue;
      }
      if (got.before) continue;
      await pause(Math.random() * number('paysMs'));
      if ((await got.reservation.confirm()) === 'confirmed') told.bought += 1;
      else told.late += 1;
    }
  };
  await Promise.all(Array.from({ length: number('atATime') }, shop));
  return told;
}
