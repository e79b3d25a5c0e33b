/**
 * What `@WithLock` refuses. Each comment says what the error on the next line has to contain; a line without one must
 * have none. Compiled by each TypeScript that users may have; nothing here runs.
 */
import { WithLock } from '@holdfast/nest';

class Animal {
  readonly legs: number = 4;
}
class Dog extends Animal {
  readonly name: string = 'Rex';
}

const OTHER = 'the key function takes more, or other, parameters than the method';
const LATER = 'it must return a Promise, an Observable or an AsyncIterable';
const SKIPPED = "whenBusy: 'skip' makes it resolve to undefined, which its return type does not allow";
export const sentences = [OTHER, LATER, SKIPPED];

export class Refused {
  // refused: the key function takes more, or other, parameters than the method
  @WithLock({ name: 'order', key: (id: number) => id })
  async keyOfAnotherType(id: string): Promise<string> {
    return id;
  }

  // refused: the key function takes more, or other, parameters than the method
  @WithLock({ name: 'order', key: (id: string, amount: number) => `${id}${amount}` })
  async keyOfMoreParameters(id: string): Promise<string> {
    return id;
  }

  // refused: the key function takes more, or other, parameters than the method
  @WithLock({ name: 'order', key: (id: string) => id })
  async keyOnAMethodWithoutParameters(): Promise<void> {}

  // refused: the key function takes more, or other, parameters than the method
  @WithLock({ name: 'order', key: (id: string) => id })
  async keyRequiredOverOptional(id?: string): Promise<string> {
    return id ?? '';
  }

  // refused: the key function takes more, or other, parameters than the method
  @WithLock({ name: 'order', key: (dog: Dog) => dog.name })
  async keyOfASubtype(animal: Animal): Promise<number> {
    return animal.legs;
  }

  // refused: LockKey
  @WithLock({ name: 'order', key: (order: { readonly id: string }) => order })
  async objectAsKey(order: { readonly id: string }): Promise<string> {
    return order.id;
  }

  // refused: LockKey
  @WithLock({ name: 'order', key: async (id: string) => id })
  async promiseAsKey(id: string): Promise<string> {
    return id;
  }

  // refused: LockKey
  @WithLock({ name: 'order', key: (id?: string) => id })
  async perhapsNoKey(id?: string): Promise<string> {
    return id ?? '';
  }

  // refused: it must return a Promise, an Observable or an AsyncIterable
  @WithLock('sync')
  sync(): string {
    return '';
  }

  // refused: it must return a Promise, an Observable or an AsyncIterable
  @WithLock({ name: 'sync', key: (id: string) => id })
  syncVoid(id: string): void {
    void id;
  }

  // refused: it must return a Promise, an Observable or an AsyncIterable
  @WithLock('sync')
  sometimesSync(value: string): string | Promise<string> {
    return value;
  }

  // refused: it must return a Promise, an Observable or an AsyncIterable
  @WithLock('sync')
  *syncGenerator(): Generator<number> {
    yield 1;
  }

  // refused: whenBusy: 'skip' makes it resolve to undefined, which its return type does not allow
  @WithLock({ name: 'skip', whenBusy: 'skip' })
  async skippedNumber(): Promise<number> {
    return 1;
  }

  // refused: whenBusy: 'skip' makes it resolve to undefined, which its return type does not allow
  @WithLock({ name: 'skip', key: (id: string) => id, whenBusy: 'skip' })
  async skippedNull(id: string): Promise<string | null> {
    return id;
  }

  // refused: 'number' is not assignable
  @WithLock({ name: 1 })
  async nameOfAnotherType(): Promise<void> {}

  // refused: Property 'name' is missing
  @WithLock({ key: (id: string) => id })
  async nameless(id: string): Promise<string> {
    return id;
  }

  // refused: '"30 parsecs"' is not assignable
  @WithLock({ name: 'order', ttl: '30 parsecs' })
  async noDuration(): Promise<void> {}

  // refused: whenbusy
  @WithLock({ name: 'order', whenbusy: 'skip' })
  async noSuchOption(): Promise<void> {}

  // refused:
  @WithLock('property')
  readonly property: () => Promise<void> = async () => undefined;
}
