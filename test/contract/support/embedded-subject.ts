/** The embedded host as a subject of the contract. */
import { createHoldfast, type Holdfast, type HostProvider } from '@holdfast/core';
import { embedded, SettableClock, type EmbeddedProvider } from '@holdfast/embedded';
import type { ContractSubject, InstanceOptions } from '@holdfast/testing';
import { expect } from 'vitest';
import { always } from '../../support/eventually.js';
import { uniqueNamespace } from '../../support/namespace.js';
import { remainingFrom } from './remaining-from.js';

/** Longer than any timer that a closed instance may still have running, unref'd, behind a call that was answered. */
const LAST_TIMERS_MS = 5_000;

interface Ground {
  readonly provider: EmbeddedProvider;
  /** What the instances connect to: the provider itself, or something around it. */
  readonly connection: HostProvider;
  passTime(ms: number): Promise<void>;
  close(): Promise<void>;
}

/** Puts something around the host, such as a bad network. */
type Around = (provider: EmbeddedProvider) => HostProvider;

/** On a clock that the test moves; at the end no timer may be armed. */
export function onSettableClock(around: Around = (same) => same) {
  return async (): Promise<ContractSubject> => {
    const clock = new SettableClock();
    const provider = embedded({ clock });
    return subject({
      provider,
      connection: around(provider),
      passTime: (ms) => clock.advance(ms),
      close: async () => {
        await clock.advance(LAST_TIMERS_MS);
        expect(clock.pendingTimers).toBe(0);
      },
    });
  };
}

/** On the machine's clock. */
export function onSystemClock(around: Around = (same) => same) {
  return async (): Promise<ContractSubject> => {
    const provider = embedded();
    return subject({
      provider,
      connection: around(provider),
      passTime: (ms) => always(() => true, ms, 2),
      close: async () => undefined,
    });
  };
}

function subject({ provider, connection, passTime, close }: Ground): ContractSubject {
  const { controls } = provider;
  const namespace = uniqueNamespace();
  const open = (options: InstanceOptions): Promise<Holdfast> =>
    createHoldfast({ ...options, connection, namespace });
  return {
    open,
    openMortal: async (options) => {
      const holdfast = await open(options);
      const line = controls.connections.at(-1);
      return { holdfast, die: async () => line?.disconnect(), revive: async () => line?.reconnect() };
    },
    passTime,
    keys: async () => Object.keys(controls.dump()),
    remainingMs: async (key) => remainingFrom(controls.command('PTTL', key)),
    deleteKeys: async (keys) => {
      for (const key of keys) controls.command('DEL', key);
    },
    close,
  };
}
