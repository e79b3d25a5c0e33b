/** The decorated methods of classes, written down beside what Nest keeps on them. */

/** Those of one decorator. `mark` is registered globally, so that two copies of this package agree on it. */
export class DecoratedMethods<Method extends { readonly prototype: object }> {
  constructor(private readonly mark: symbol) {}

  /** Writes a method down at its class. */
  record(method: Method): void {
    Reflect.defineMetadata(this.mark, [...this.own(method.prototype), method], method.prototype);
  }

  /** Those of a class and of the classes it extends. */
  of(prototype: object | null): Method[] {
    const found: Method[] = [];
    for (let at = prototype; at !== null; at = Reflect.getPrototypeOf(at)) found.push(...this.own(at));
    return found;
  }

  private own(prototype: object): readonly Method[] {
    const found: unknown = Reflect.getOwnMetadata(this.mark, prototype);
    return Array.isArray(found) ? found : [];
  }
}
