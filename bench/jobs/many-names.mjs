// Holds many names, or stands in line for them, until it is told to give them back.

/** @type {Promise<unknown>[]} */
let acquiring = [];

/**
 * @param {import('../contenders/contender.d.ts').Client} client
 * @param {{ step: 'hold' | 'wait' | 'giveBack', prefix: string, names: number, options: object }} params
 */
export default async function manyNames(client, { step, prefix, names, options }) {
  if (step === 'giveBack') {
    await Promise.all(acquiring.splice(0).map(async (granted) => client.release(await granted)));
    return;
  }
  acquiring = Array.from({ length: names }, (_, at) => client.acquire(`${prefix}${at}`, options));
  if (step === 'hold') await Promise.all(acquiring);
}
