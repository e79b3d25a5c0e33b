/** Results of the health indicator are results of terminus, in each version of it. Compiled only. */
import type { HealthIndicatorFunction, HealthIndicatorResult } from '@nestjs/terminus';
import { getHealthIndicatorToken, getInspectorToken, InjectHealthIndicator } from '@holdfast/nest';
import type { HealthEntry, HoldfastHealthIndicator, Inspector, ReplicaInfo } from '@holdfast/nest';
import type { INestApplicationContext } from '@nestjs/common';
import type {
  HealthIndicatorFunction as Function11,
  HealthIndicatorResult as Result11,
} from '../nest-11/node_modules/@nestjs/terminus/dist/index.js';

export class AcceptedHealth {
  constructor(@InjectHealthIndicator('billing') private readonly holdfast: HoldfastHealthIndicator) {}

  checks(): [HealthIndicatorFunction, Function11] {
    return [
      () => this.holdfast.check('holdfast'),
      async () => this.holdfast.check('holdfast', { whenDegraded: 'down' }),
    ];
  }

  async results(): Promise<[HealthIndicatorResult, Result11]> {
    const result = await this.holdfast.check();
    return [result, result];
  }
}

/** Tell them apart by `state`. */
export function told(entry: HealthEntry): string {
  switch (entry.state) {
    case 'up':
      return `${entry.roundTripMs} ms`;
    case 'degraded':
      return [...entry.overdue.map(({ job, since }) => `${job} since ${since}`), entry.replicas ?? ''].join();
    case 'down':
      return entry.condition;
  }
}

/** Tokens carry the type of what they give. */
export async function replicas(app: INestApplicationContext): Promise<readonly ReplicaInfo[]> {
  const inspector: Inspector = app.get(getInspectorToken());
  const holdfast: HoldfastHealthIndicator = app.get(getHealthIndicatorToken('billing'));
  await holdfast.check();
  return inspector.replicas();
}
