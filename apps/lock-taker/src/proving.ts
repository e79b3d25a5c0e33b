/** Works under permits and writes to the ledger at the beginning and at the end, as a holder that checks nothing by itself. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Holdfast } from '@holdfast/core';
import type { FencedLedger } from './fenced-ledger.js';
import type { Holding } from './holdings.js';
import { failureOf, machineMs, optionsOf, tell, textOf, type Command } from './wire.js';

/** Until `finish`; a `proven` message for each tenure, with what the ledger said to its writes. */
export async function proveOn(
  { semaphores }: Holdfast,
  ledger: FencedLedger,
  { id, holding, command }: { readonly id: string; readonly holding: Holding; readonly command: Command },
): Promise<void> {
  const name = textOf(command['name']);
  const options = { ...optionsOf(command), permits: Number(command['permits']) };
  const work = new AbortController();
  void holding.finished.then(() => work.abort());
  while (!work.signal.aborted)
    try {
      await semaphores.run(name, options, async (lease) => {
        const grantedAt = machineMs();
        const proof = await semaphores.prove(name, lease);
        const first = await ledger.writeProven(proof, machineMs());
        await pause(Number(command['workMs']));
        const last = await ledger.writeProven(proof, machineMs());
        const end = { heldToTheEnd: lease.held, endedAt: machineMs() };
        tell('proven', { id, fence: proof.fence, first, last, grantedAt, ...end });
      });
    } catch (error) {
      tell('failed', { id, ...failureOf(error) });
    }
  tell('finished', { id });
}
