/** What a server read and wrote while something was done, less what it costs to ask for that. */
import type { Redis } from 'ioredis';

export interface NetBytes {
  readonly requests: number;
  readonly replies: number;
}

/** Nobody else may talk to the server meanwhile. */
export async function countNetBytes(asking: Redis, work: () => Promise<unknown>): Promise<NetBytes> {
  const first = await totals(asking);
  const before = await totals(asking);
  await work();
  const after = await totals(asking);
  // Between two questions lies exactly one question and one answer.
  return {
    requests: after.requests - before.requests - (before.requests - first.requests),
    replies: after.replies - before.replies - (before.replies - first.replies),
  };
}

async function totals(asking: Redis): Promise<NetBytes> {
  const info = await asking.info('stats');
  const read = (field: string): number => Number(new RegExp(`^${field}:(\\d+)`, 'm').exec(info)?.[1]);
  return { requests: read('total_net_input_bytes'), replies: read('total_net_output_bytes') };
}
