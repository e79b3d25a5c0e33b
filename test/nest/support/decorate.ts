/** Puts decorators on a method in an order that a test makes up, just as the compiler does: the last is applied first. */
export function decorate(prototype: object, property: string, decorators: readonly MethodDecorator[]): void {
  const descriptor = Object.getOwnPropertyDescriptor(prototype, property);
  if (descriptor === undefined) throw new Error(`there is no method ${property}`);
  const decorated = Reflect.decorate([...decorators], prototype, property, descriptor);
  if (decorated === undefined) throw new Error(`nothing came out of the decorators of ${property}`);
  Object.defineProperty(prototype, property, decorated);
}

/** Every order of `items`. */
export function ordersOf<T>(items: readonly T[]): T[][] {
  if (items.length <= 1) return [[...items]];
  return items.flatMap((first, index) =>
    ordersOf(items.filter((_, other) => other !== index)).map((rest) => [first, ...rest]),
  );
}
