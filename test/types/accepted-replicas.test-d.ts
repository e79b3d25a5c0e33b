/** What `replicas` of an instance accepts. Compiled by each TypeScript that users may have; nothing here runs. */
import { HoldfastModule, type HoldfastOptions, type ReplicaOptions } from '@holdfast/nest';

export const asked: readonly ReplicaOptions[] = [
  { atLeast: 1, within: 250 },
  { atLeast: 'all', within: '250ms' },
  { atLeast: 2, within: '1s', fsynced: true },
];

// @ts-expect-error how long replicas may take has to be said
export const endless: ReplicaOptions = { atLeast: 1 };
// @ts-expect-error there is no such number
export const some: ReplicaOptions = { atLeast: 'some', within: '250ms' };

export const options: HoldfastOptions = {
  connection: 'redis://localhost:6379',
  namespace: 'shop',
  replicas: { atLeast: 1, within: '250ms' },
};
export const module = HoldfastModule.forRoot(options);
