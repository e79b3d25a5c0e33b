// Who takes part, in the order of the report. Each is a file of that name.

export const USERS = [
  'holdfast',
  'redlock-5',
  'redlock-4',
  'redis-semaphore',
  'redlock-universal',
  'murlock',
];

/** @param {string} name @returns {Promise<import('./user.d.ts').User>} */
export async function userNamed(name) {
  const { default: user } = await import(new URL(`${name}.mjs`, import.meta.url).href);
  return user;
}
