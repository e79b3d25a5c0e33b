/** A `Date` whose clock is wrong. Timers and `performance.now()` stay right, as on a machine whose clock was set wrong. */

/** `Date` with a now that is `offsetMs` ahead, or behind when it is negative. */
export function skewedDate(offsetMs: number): DateConstructor {
  const RightDate = Date;
  const now = (): number => RightDate.now() + offsetMs;
  return new Proxy(RightDate, {
    apply: () => new RightDate(now()).toString(),
    construct: (target, given: unknown[], subclass): object => {
      const made: unknown = Reflect.construct(target, given.length === 0 ? [now()] : given, subclass);
      if (!(made instanceof RightDate)) throw new TypeError('Date makes dates');
      return made;
    },
    get: (target, key): unknown => (key === 'now' ? now : Reflect.get(target, key)),
  });
}
