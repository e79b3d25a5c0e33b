/**
 * What `@ClusterCron` and `@OnlyLeader` refuse; read as `refused.test-d.ts` is.
 */
import { ClusterCron, OnlyLeader, type JobRun } from '@holdfast/nest';
import { of, type Observable } from 'rxjs';

const RUN = 'it is called with a JobRun and nothing else';
const STREAM = 'nobody would read the stream that it returns; return a Promise';
export const sentences = [RUN, STREAM];

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
