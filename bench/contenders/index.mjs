// All contenders, in the order of the report.

/** Those that show what Redis itself allows. */
export const REFERENCES = ['raw', 'raw-cork', 'raw-coalesced', 'raw-blpop', 'raw-queue'];

export const OURS = ['holdfast', 'holdfast-service'];

export const PEERS = [];

export const LIMITERS = [];

/** @param {string} name @returns {Promise<import('./contender.mjs').Contender>} */
export async function contenderNamed(name) {
  const { default: contender } = await import(`./${name}.mjs`);
  return contender;
}
