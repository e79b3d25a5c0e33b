/**
 * What happens to leases, as typed events on one `diagnostics_channel`.
 * Names of locks are low-cardinality labels; keys and tokens are never part of an event.
 */
import type { HolderInfo } from './acquire-errors.js';
import { EventChannel, isAbout, type Details, type InstanceEvent, type Publish } from './event-channel.js';
import type { LossReason } from './lease-errors.js';

interface LeaseEventBase extends InstanceEvent {
  /** Name of the lock, without the variable key. */
  readonly lockName: string;
}

/** Everything that is told. Tell them apart by `type`. */
export type LeaseEvent =
  | (LeaseEventBase & { readonly type: 'granted'; readonly fence: number; readonly waitedMs: number })
  | (LeaseEventBase & {
      readonly type: 'released';
      readonly fence: number;
      readonly heldMs: number;
      readonly outcome: ReleaseOutcome;
    })
  | (LeaseEventBase & {
      readonly type: 'lost';
      readonly fence: number;
      readonly heldMs: number;
      readonly reason: LossReason | 'hold-limit';
    })
  | (LeaseEventBase & {
      readonly type: 'result-after-loss';
      readonly fence: number;
      readonly reason: LossReason | 'hold-limit';
    })
  | (LeaseEventBase & { readonly type: 'held-long'; readonly fence: number; readonly heldMs: number })
  | (LeaseEventBase & {
      readonly type: 'busy';
      readonly heldBy: HolderInfo | undefined;
      readonly waitedMs: number;
    })
  | (LeaseEventBase & { readonly type: 'unavailable'; readonly condition: string; readonly waitedMs: number })
  | (LeaseEventBase & { readonly type: 'aborted'; readonly waitedMs: number });

/** How a release ended: `unknown` means that no answer came, and the key goes away by itself. */
export type ReleaseOutcome = 'released' | 'lost' | 'unknown';

/** An event before the instance adds who it is. */
export type LeaseEventDetails = Details<LeaseEvent>;

/** Name of the channel, for tools that use `diagnostics_channel` directly. */
export const LEASE_CHANNEL = 'holdfast:lease';

const leases = new EventChannel<LeaseEvent>(LEASE_CHANNEL, isLeaseEvent);

/** Tells events of leases of one instance. `details` is called only when somebody listens. */
export type PublishLeaseEvent = Publish<LeaseEvent>;

/** The publishing side of an instance. */
export function leaseEvents(namespace: string, replica: string): PublishLeaseEvent {
  return leases.of(namespace, replica);
}

/**
 * Calls `listener` with every lease event of this process until the returned function is called.
 * What the listener throws is swallowed: an observer can't hurt a holder.
 */
export function onLeaseEvent(listener: (event: LeaseEvent) => void): () => void {
  return leases.listen(listener);
}

function isLeaseEvent(message: unknown): message is LeaseEvent {
  return isAbout(message, 'lockName');
}
