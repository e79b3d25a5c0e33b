// Bytes that Redis read and wrote, less what it costs to ask for them.

/**
 * @param {import('ioredis').Redis} admin
 * @param {() => Promise<unknown>} work
 * @returns {Promise<{ requests: number, replies: number }>}
 */
export async function countBytes(admin, work) {
  const first = await totals(admin);
  const before = await totals(admin);
  await work();
  const after = await totals(admin);
  // Between two questions lies exactly one question and one answer.
  return {
    requests: after.requests - before.requests - (before.requests - first.requests),
    replies: after.replies - before.replies - (before.replies - first.replies),
  };
}

async function totals(admin) {
  const info = await admin.info('stats');
  const read = (field) => Number(new RegExp(`^${field}:(\\d+)`, 'm').exec(info)?.[1]);
  return { requests: read('total_net_input_bytes'), replies: read('total_net_output_bytes') };
}
