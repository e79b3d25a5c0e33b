/** One redis-server for all specs of a project. They keep apart by {@link file://./namespace.ts random namespaces}. */
import type { TestProject } from 'vitest/node';
import { startRedis } from './redis-server.js';

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  // Another server may be given, for instance a Valkey; it must be one whose data nobody misses.
  const given = process.env['HOLDFAST_TEST_REDIS_URL'];
  if (given !== undefined) {
    project.provide('redisUrl', given);
    return async () => undefined;
  }
  const server = await startRedis();
  project.provide('redisUrl', server.url);
  return () => server.stop();
}
