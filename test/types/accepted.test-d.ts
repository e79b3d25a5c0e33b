/** What `@WithLock` accepts. Compiled by each TypeScript that users may have; nothing here runs. */
import { applyDecorators, Get, type INestApplicationContext } from '@nestjs/common';
import { getHoldfastToken, getLockServiceToken, WithLock, wireLocks } from '@holdfast/nest';
import type { Holdfast, LockService, WhenBusy, WithLockOptions } from '@holdfast/nest';
import { Observable, of, type Subject } from 'rxjs';

class Animal {
  readonly legs: number = 4;
}
class Dog extends Animal {
  readonly name: string = 'Rex';
}

const REPORT = { name: 'report', whenBusy: 'skip', holdAtLeast: '5s' } as const;
const busyFromConfiguration: WhenBusy = process.env['BUSY'] === 'skip' ? 'skip' : 'throw';

export class Accepted {
  @WithLock('bare')
  async bare(): Promise<number> {
    return 1;
  }

  @WithLock('bare')
  async bareWithParameters(id: string, amount: number): Promise<string> {
    return id.repeat(amount);
  }

  @WithLock({ name: 'order', key: (id: string) => id, ttl: '30s', wait: '5s' })
  async keyOfTheSameParameters(id: string): Promise<string> {
    return id;
  }

  @WithLock({ name: 'order', key: (id: string) => id })
  async keyOfFewerParameters(id: string, amount: number): Promise<string> {
    return id.repeat(amount);
  }

  @WithLock({ name: 'order', key: () => 'all' })
  async keyOfNoParameters(id: string): Promise<string> {
    return id;
  }

  @WithLock({ name: 'order', key: (animal: Animal) => animal.legs })
  async keyOfASupertype(dog: Dog): Promise<string> {
    return dog.name;
  }

  @WithLock({ name: 'order', key: (id: string | number) => id })
  async keyOfAWiderUnion(id: string): Promise<string> {
    return id;
  }

  @WithLock({ name: 'order', key: (id: unknown) => String(id) })
  async keyOfUnknown(id: string): Promise<string> {
    return id;
  }

  @WithLock({ name: 'order', key: (id?: string) => id ?? 'none' })
  async keyOptionalOverOptional(id?: string): Promise<string> {
    return id ?? '';
  }

  @WithLock({ name: 'order', key: (id?: string) => id ?? 'none' })
  async keyOptionalOverRequired(id: string): Promise<string> {
    return id;
  }

  @WithLock({ name: 'order', key: (...ids: string[]) => ids })
  async keyOfARest(...ids: string[]): Promise<number> {
    return ids.length;
  }

  @WithLock({ name: 'order', key: (tenant: string, id: number) => [tenant, id] })
  async keyOfParts(tenant: string, id: number): Promise<string> {
    return `${tenant}${id}`;
  }

  @WithLock({ name: 'order', key: (id: bigint) => id })
  async keyOfBigint(id: bigint): Promise<bigint> {
    return id;
  }

  @WithLock({ name: 'order', key: (order: { readonly id: string }) => order.id })
  async keyOfAField(order: { readonly id: string; readonly total: number }): Promise<number> {
    return order.total;
  }

  @WithLock({ name: 'report', whenBusy: 'skip' })
  async skippedVoid(): Promise<void> {}

  @WithLock(REPORT)
  async skippedWithConstantOptions(): Promise<void> {}

  @WithLock({ name: 'report', whenBusy: 'skip' })
  async skippedMaybe(): Promise<number | undefined> {
    return 1;
  }

  @WithLock({ name: 'report', whenBusy: busyFromConfiguration })
  async busyKnownLater(): Promise<number | undefined> {
    return 1;
  }

  @WithLock({ name: 'report', whenBusy: 'skip' })
  skippedObservable(): Observable<number> {
    return of(1);
  }

  @WithLock({ name: 'report', whenBusy: 'skip' })
  async *skippedGenerator(): AsyncGenerator<number> {
    yield 1;
  }

  @WithLock({ name: 'report', whenBusy: 'throw' })
  async thrown(): Promise<number> {
    return 1;
  }

  @WithLock('stream')
  subject(subject: Subject<number>): Subject<number> {
    return subject;
  }

  @WithLock('stream')
  async observableLater(): Promise<Observable<number>> {
    return of(1);
  }

  @WithLock('stream')
  iterable(): AsyncIterable<number> {
    return this.skippedGenerator();
  }

  @WithLock('untyped')
  untyped(): ReturnType<typeof JSON.parse> {
    return JSON.parse('null');
  }

  @WithLock('generic')
  async generic<T>(value: T): Promise<T> {
    return value;
  }

  @WithLock({ name: 'generic', key: (id: string) => id })
  async genericBesideTheKey<T>(id: string, value: T): Promise<T[]> {
    return id === '' ? [] : [value];
  }

  async overloaded(id: string): Promise<string>;
  async overloaded(id: number): Promise<number>;
  @WithLock({ name: 'overloaded', key: (id: string | number) => id })
  async overloaded(id: string | number): Promise<string | number> {
    return id;
  }

  @applyDecorators(Get('together'), WithLock({ name: 'together', key: (id: string) => id }))
  async together(id: string): Promise<string> {
    return id;
  }

  @WithLock('symbol')
  async [Symbol.asyncDispose](): Promise<void> {}

  @WithLock('private')
  private async hidden(): Promise<void> {}

  use(): Promise<void> {
    return this.hidden();
  }
}

export const options: WithLockOptions<[id: string], 'skip'> = {
  name: 'order',
  key: (id) => id,
  whenBusy: 'skip',
};

/** Tokens carry the type of what they give. */
export function tokens(app: INestApplicationContext, locks: LockService): [Promise<void>, string, Accepted] {
  const service: LockService = app.get(getLockServiceToken());
  const holdfast: Holdfast = app.get(getHoldfastToken('billing'));
  return [service.run('x', async () => undefined), holdfast.namespace, wireLocks(new Accepted(), locks)];
}
