/** Lets calls of a method in while they hold their lock. */
import type { Guard, GuardedCall } from './guard.js';
import { LockedCall } from './locked-call.js';
import type { LockedMethod } from './locked-method.js';

export class LockGuard implements Guard {
  constructor(readonly method: LockedMethod) {}

  begin(self: unknown, args: readonly unknown[]): GuardedCall {
    return new LockedCall(this.method, self, args);
  }

  // Without a call in between for a method that waits in line and that no schedule calls: most are that.
  run(self: unknown, args: readonly unknown[], body: () => unknown): Promise<unknown> {
    const { method } = this;
    if (method.skips || method.stops.of(self) !== undefined) return this.begin(self, args).run(body);
    return method.lockFor(self).run(method.keyOf(args), undefined, body);
  }
}
