import type { WantedReplicas } from './wanted-replicas.js';

/** What a host is to others: one of the nodes of a cluster, or alone. */
export interface HostRole {
  /** Numbers connections, so that no two have one number. */
  readonly nextEpoch: () => number;
  /** Told when calls are let through from now on, or no longer. */
  readonly changed: () => void;
  /** Told every second while calls are under way and none is answered, and when it says that the cluster is down. */
  readonly inDoubt: () => void;
  /** Whether it is one of several. */
  readonly isNode: boolean;
  /** Whose word grants and renewals need. */
  readonly replicas?: WantedReplicas | undefined;
}

/** Nobody else has to know. */
export function alone(replicas?: WantedReplicas): HostRole {
  let epoch = 0;
  const nobody = (): void => undefined;
  return { nextEpoch: () => ++epoch, changed: nobody, inDoubt: nobody, isNode: false, replicas };
}
