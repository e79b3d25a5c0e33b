/** What `@WithLock`, `@WithPermit` and `@Once` do when a class is loaded. */
import { guardFault, methodAt } from './decorated-place.js';
import { wrapMethod } from './guarded-wrapper.js';
import { LockGuard } from './lock-guard.js';
import { LockedMethod, lockedMethods } from './locked-method.js';
import type { AnyOptions, MethodKind } from './method-kinds.js';
import { declareSlot } from './wiring.js';

/** Puts the method into a wrapper of that kind. */
export function guardedMethod(kind: MethodKind, options: AnyOptions) {
  const { decorator, needs, example } = kind;
  return (target: object, property: string | symbol, descriptor?: PropertyDescriptor): void => {
    const missing = `name: must be given, as in ${example}`;
    const original = methodAt(
      { decorator, needs, target, property, descriptor },
      guardFault(options, missing),
    );
    const method = new LockedMethod(kind, target, { property, options });
    declareSlot(target, kind.slotOf(method.instance));
    lockedMethods.record(method);
    // Changed and not replaced: applyDecorators() of Nest ignores what a decorator returns.
    if (descriptor !== undefined) descriptor.value = wrapMethod(new LockGuard(method), original);
  };
}
