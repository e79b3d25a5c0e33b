/** What `@ClusterCron` accepts. Compiled by each TypeScript that users may have; nothing here runs. */
import { applyDecorators, SetMetadata, type INestApplicationContext } from '@nestjs/common';
import { ClusterCron, getJobServiceToken, InjectJobService, WithLock } from '@holdfast/nest';
import type { ClusterCronOptions, JobRun, JobService, OverlapPolicy } from '@holdfast/nest';

const EVERY_NIGHT = '0 3 * * *';
const NIGHTLY = { name: 'nightly', overlap: 'queue-one', timeZone: 'Europe/Berlin' } as const;
const overlap: OverlapPolicy = process.env['OVERLAP'] === 'allow' ? 'allow' : 'skip';

abstract class Chore {
  @ClusterCron(EVERY_NIGHT, { name: 'chore' })
  async work(run: JobRun): Promise<void> {
    await this.part(run.signal);
  }

  protected abstract part(signal: AbortSignal): Promise<void>;
}

export class AcceptedJobs extends Chore {
  constructor(@InjectJobService('billing') readonly jobs: JobService) {
    super();
  }

  @ClusterCron(EVERY_NIGHT, { name: 'job' })
  async takesARun(run: JobRun): Promise<void> {
    await run.progress(0.5);
  }

  @ClusterCron(EVERY_NIGHT, { name: 'job' })
  async takesPartOfARun({ signal }: { readonly signal: AbortSignal }): Promise<void> {
    signal.throwIfAborted();
  }

  @ClusterCron(EVERY_NIGHT, { name: 'job' })
  async takesARunIfThereIs(run?: JobRun): Promise<boolean> {
    return run === undefined;
  }

  @ClusterCron(EVERY_NIGHT, { name: 'job' })
  async takesMoreThanItIsGiven(run: JobRun, dry = false): Promise<string> {
    return `${run.id}${dry}`;
  }

  @ClusterCron(EVERY_NIGHT, { name: 'job' })
  takesNothingAndReturnsNothing(): void {}

  @ClusterCron(EVERY_NIGHT, { name: 'job' })
  returnsData(): Map<string, number> | Promise<number[]> {
    return new Map();
  }

  @ClusterCron(EVERY_NIGHT, NIGHTLY)
  async constantOptions(): Promise<void> {}

  @ClusterCron(EVERY_NIGHT, { name: 'job', overlap })
  async policyOfItsType(): Promise<void> {}

  @ClusterCron(EVERY_NIGHT, { name: 'night' })
  @ClusterCron('0 15 * * *', { name: 'afternoon' })
  async twice(): Promise<void> {}

  @ClusterCron(EVERY_NIGHT, { name: 'job', instance: 'billing' })
  @WithLock({ name: 'books', wait: '1m' })
  async underALock(run: JobRun): Promise<string> {
    return run.id;
  }

  @applyDecorators(SetMetadata('role', 'night'), ClusterCron(EVERY_NIGHT, { name: 'job' }))
  async together(): Promise<void> {}

  @ClusterCron(EVERY_NIGHT, { name: 'job' })
  untyped(): ReturnType<typeof JSON.parse> {
    return JSON.parse('null');
  }

  @ClusterCron(EVERY_NIGHT, { name: 'job' })
  private async hidden(): Promise<void> {}

  protected override async part(): Promise<void> {
    await this.hidden();
  }
}

export const options: ClusterCronOptions = { name: 'job', missed: 'last', onCrash: 'rerun' };

/** Tokens carry the type of what they give. */
export function service(app: INestApplicationContext): JobService {
  return app.get(getJobServiceToken('billing'));
}
