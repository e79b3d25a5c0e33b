/** `faulty(embedded())`: any host, with faults that a test switches on and off. */
import type { HostProvider, ScriptHost } from '@holdfast/core';
import { FaultSwitches } from './fault-switches.js';
import type { Faults } from './faults.js';
import { FaultyHost } from './faulty-host.js';

/** A host provider to pass as `connection`, with its switches. */
export interface FaultyProvider extends HostProvider {
  readonly faults: Faults;
}

/**
 * Puts a network that fails on command around a host. All instances that are given the same value share its faults.
 *
 * @param source - `embedded()`, any other host provider, or a host that is open already.
 * @example
 * const connection = faulty(embedded({ clock }));
 * const { locks } = await createHoldfast({ connection, namespace: 'test' });
 * connection.faults.dropReplies({ script: 'lease/batch', times: 1 });
 */
export function faulty(source: HostProvider | ScriptHost): FaultyProvider {
  const faults = new FaultSwitches();
  return {
    holdfastHost: 1,
    faults,
    open: async (context) =>
      new FaultyHost('holdfastHost' in source ? await source.open(context) : source, faults),
  };
}
