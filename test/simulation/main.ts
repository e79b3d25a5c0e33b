/** A worker of `npm run test:simulation`: runs the seeds it is sent, one message each way. */
import { runSeed } from './run-seed.js';
import { ScriptVm } from './script-vm.js';

/** Seeds to run, `to` not included. */
interface Order {
  readonly from: number;
  readonly to: number;
  /** Prints every line of the trace. */
  readonly print?: boolean;
  /** Ends at the first violation. */
  readonly untilViolation?: boolean;
}

// Outcomes are told by their codes; a stack for each of them would be a tenth of the work.
Error.stackTraceLimit = 0;
const vm = await ScriptVm.start();

async function work({ from, to, print, untilViolation }: Order): Promise<void> {
  let events = 0;
  for (let seed = from; seed < to; seed += 1) {
    const result = await runSeed(seed, vm, print === true ? (line) => console.log(line) : undefined);
    events += result.events;
    if (result.violation !== undefined || print === true) process.send?.({ kind: 'result', ...result });
    if (result.violation !== undefined && untilViolation === true) {
      process.send?.({ kind: 'done', seeds: seed - from + 1, events });
      return;
    }
  }
  process.send?.({ kind: 'done', seeds: to - from, events });
}

process.on('message', (order: Order) => void work(order));
