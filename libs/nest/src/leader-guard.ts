/** Lets calls of a method in while this process leads. Nobody waits: who does not lead is left out at once. */
import { LeaseLostError, runUnderLease, type Campaign, type Lease, type LockBody } from '@holdfast/core';
import type { Guard, GuardedCall } from './guard.js';
import type { LedMethod } from './led-method.js';

export class LeaderGuard implements Guard {
  constructor(readonly method: LedMethod) {}

  begin(self: unknown): GuardedCall {
    return new LedCall(this.method.campaignFor(self));
  }

  run(self: unknown, _args: readonly unknown[], body: () => unknown): Promise<unknown> {
    return runLed(this.method.campaignFor(self), body, isLoss);
  }
}

/** A stream: cut short when the term ends, in whichever way, which must not look like its end. */
class LedCall implements GuardedCall {
  readonly endsWhenLost = true;

  constructor(private readonly campaign: Campaign) {}

  run<T>(body: LockBody<T>): Promise<T | undefined> {
    return runLed(this.campaign, body, LeaseLostError.is);
  }
}

/** `fails` says which ends of the term fail a body that came back after it. */
async function runLed<T>(
  campaign: Campaign,
  body: LockBody<T>,
  fails: (reason: unknown) => reason is LeaseLostError,
): Promise<T | undefined> {
  const { lease } = campaign;
  if (lease === undefined) return undefined;
  const inUse = { lease, scope: campaign, identity: campaign.election };
  const value = await runUnderLease(inUse, async () => body(lease));
  return judged(lease, value, fails);
}

function judged<T>(lease: Lease, value: T, fails: (reason: unknown) => reason is LeaseLostError): T {
  const { reason }: { reason: unknown } = lease.signal;
  if (!fails(reason)) return value;
  const { lockName, fence } = lease;
  throw new LeaseLostError(lockName, { reason: reason.reason, fence, result: value });
}

/** A term that the leader itself ended, as a shutdown does, is no loss to a body that went on to its end. */
function isLoss(reason: unknown): reason is LeaseLostError {
  return LeaseLostError.is(reason) && reason.reason !== 'released';
}
