/** What tells a method that `@nestjs/schedule` calls that its application is shutting down. */

/** The signals of one decorated method. */
export class ScheduleStops {
  // By instance and not by class: another application in this process may go on with the same class.
  private signals: WeakMap<object, AbortSignal> | undefined;

  /** From the moment `signal` aborts, calls on `instance` are skipped, and given up where they stand in line. */
  add(signal: AbortSignal, instance: object): void {
    this.signals ??= new WeakMap();
    this.signals.set(instance, signal);
  }

  /** The signal for a call on `instance`, if a schedule makes such calls. Costs nothing for methods of no schedule. */
  of(instance: unknown): AbortSignal | undefined {
    if (this.signals === undefined || typeof instance !== 'object' || instance === null) return undefined;
    return this.signals.get(instance);
  }
}
