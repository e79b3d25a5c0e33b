/**
 * What `@WithLock`, `@ClusterCron` and `@OnlyLeader` refuse. Each comment says what the error on the next line has to contain; a line without one must
 * have none. Compiled by each TypeScript that users may have; nothing here runs.
 */
import { ClusterCron, OnlyLeader, WithLock, type JobRun } from '@holdfast/nest';
import { of, type Observable } from 'rxjs';

class Animal {
  readonly legs: number = 4;
}
class Dog extends Animal {
  readonly name: string = 'Rex';
}

const OTHER = 'the key function takes more, or other, parameters than the method';
const LATER = 'it must return a Promise, an Observable or an AsyncIterable';
const SKIPPED = "whenBusy: 'skip' makes it resolve to undefined, which its return type does not allow";
const RUN = 'it is called with a JobRun and nothing else';
const STREAM = 'nobody would read the stream that it returns; return a Promise';
export const sentences = [OTHER, LATER, SKIPPED, RUN, STREAM];

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

export class NotLed {
  // refused: without the leadership it resolves to undefined, which its return type does not allow
  @OnlyLeader({ election: 'billing' })
  async never(): Promise<string> {
    return '';
  }

  // refused: it must return a Promise, an Observable or an AsyncIterable
  @OnlyLeader({ election: 'billing' })
  sync(): void {}

  // refused: Expected 1 arguments
  @OnlyLeader()
  async withoutElection(): Promise<void> {}

  // refused: Property 'election' is missing
  @OnlyLeader({})
  async electionLeftOut(): Promise<void> {}

  // refused: 'ttl' does not exist
  @OnlyLeader({ election: 'billing', ttl: '10s' })
  async optionOfTheCampaign(): Promise<void> {}
}

const EVERY_NIGHT = '0 3 * * *';
const configured: string = process.env['OVERLAP'] ?? 'skip';

export class RefusedJobs {
  // refused: it is called with a JobRun and nothing else
  @ClusterCron(EVERY_NIGHT, { name: 'job' })
  async needsAnotherArgument(id: string): Promise<string> {
    return id;
  }

  // refused: it is called with a JobRun and nothing else
  @ClusterCron(EVERY_NIGHT, { name: 'job' })
  async needsOneMore(run: JobRun, id: string): Promise<string> {
    return run.id + id;
  }

  // refused: it is called with a JobRun and nothing else
  @ClusterCron(EVERY_NIGHT, { name: 'job' })
  async takesAnotherIfThereIs(id?: string): Promise<string> {
    return id ?? '';
  }

  // refused: nobody would read the stream that it returns; return a Promise
  @ClusterCron(EVERY_NIGHT, { name: 'job' })
  observable(): Observable<number> {
    return of(1);
  }

  // refused: nobody would read the stream that it returns; return a Promise
  @ClusterCron(EVERY_NIGHT, { name: 'job' })
  async *generator(): AsyncGenerator<number> {
    yield 1;
  }

  // refused: Expected 2 arguments
  @ClusterCron(EVERY_NIGHT)
  async withoutOptions(): Promise<void> {}

  // refused: Property 'name' is missing
  @ClusterCron(EVERY_NIGHT, { overlap: 'skip' })
  async nameless(): Promise<void> {}

  // refused: retries
  @ClusterCron(EVERY_NIGHT, { name: 'job', retries: 3 })
  async noSuchOption(): Promise<void> {}

  // refused: cron
  @ClusterCron(EVERY_NIGHT, { name: 'job', cron: EVERY_NIGHT })
  async twoExpressions(): Promise<void> {}

  // refused: Type 'string' is not assignable to type 'OverlapPolicy
  @ClusterCron(EVERY_NIGHT, { name: 'job', overlap: configured })
  async policyKnownLater(): Promise<void> {}

  // refused: Type '"sometimes"' is not assignable
  @ClusterCron(EVERY_NIGHT, { name: 'job', missed: 'sometimes' })
  async noSuchPolicy(): Promise<void> {}

  // refused:
  @ClusterCron(EVERY_NIGHT, { name: 'job' })
  readonly property: () => Promise<void> = async () => undefined;
}
