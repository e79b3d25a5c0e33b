/** What tells methods that `@nestjs/schedule` calls that their application is shutting down. */

// By instance and not by class: another application in this process may go on with the same class.
const stops = new WeakMap<object, Map<string | symbol, AbortSignal>>();

/** From the moment `signal` aborts, `property` of `instance` is skipped, and given up where it stands in line. */
export function stopScheduleOn(signal: AbortSignal, instance: object, property: string | symbol): void {
  const signals = stops.get(instance) ?? new Map<string | symbol, AbortSignal>();
  stops.set(instance, signals.set(property, signal));
}

/** The signal for a call on `instance`, if a schedule makes calls on that method. */
export function scheduleStopOf(instance: unknown, property: string | symbol): AbortSignal | undefined {
  return typeof instance === 'object' && instance !== null ? stops.get(instance)?.get(property) : undefined;
}
