// Asks for one key, so many times one after the other, without waiting.

/** @type {unknown[]} what was granted is kept until the key expires */
const kept = [];

/**
 * @param {import('../contenders/contender.d.ts').Client} client
 * @param {{ key: string, times: number, options: object }} params
 * @returns {Promise<number>} how often it was granted
 */
export default async function tryOnce(client, { key, times, options }) {
  let granted = 0;
  for (let time = 0; time < times; time += 1) {
    const handle = await client.tryOnce(key, options);
    if (handle === undefined) continue;
    kept.push(handle);
    granted += 1;
  }
  return granted;
}
