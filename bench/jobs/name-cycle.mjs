// Short names, one after the other and then from the start: more than are ever in flight, so nobody meets anybody.

const NAMES = 4_000;

/** @param {string} prefix @param {number} [first] of the numbers behind it */
export function nameCycle(prefix, first = 0) {
  const names = Array.from({ length: NAMES }, (_, at) => `${prefix}${(first + at).toString(36)}`);
  let next = 0;
  return () => {
    const name = names[next];
    next = next + 1 === NAMES ? 0 : next + 1;
    return name;
  };
}
