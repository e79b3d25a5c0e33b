// For what depends on the options: they are one object for a workload, so the last one made is nearly always right.

/** @template O, T @param {(options: O) => T} make @returns {(options: O) => T} */
export function lastMade(make) {
  let last;
  let made;
  return (options) => {
    if (options !== last) [last, made] = [options, make(options)];
    return made;
  };
}
