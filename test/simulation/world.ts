/** Everything of one seed. */
import type { Holders } from './holders.js';
import type { Judge } from './judge.js';
import type { Plan } from './plan.js';
import type { Prng } from './prng.js';
import type { Promises } from './promises.js';
import type { SimulatedServer } from './server.js';
import type { Trace } from './trace.js';
import type { VirtualTime } from './virtual-time.js';

export interface World {
  readonly plan: Plan;
  readonly prng: Prng;
  readonly time: VirtualTime;
  readonly server: SimulatedServer;
  readonly trace: Trace;
  readonly judge: Judge;
  readonly promises: Promises;
  readonly holders: Holders;
  /** Nobody begins anything new. */
  ending: boolean;
}
