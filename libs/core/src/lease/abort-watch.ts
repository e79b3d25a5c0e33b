/**
 * Any number of acquisitions under one signal share one listener on it: a shutdown signal that is given to all of
 * them would otherwise make Node warn of a leak at the eleventh.
 */

const watched = new WeakMap<AbortSignal, Set<() => void>>();

/** Calls `told` once when `signal` aborts, until the returned function is called. */
export function watchAbort(signal: AbortSignal, told: () => void): () => void {
  const watchers = watched.get(signal) ?? startWatching(signal);
  watchers.add(told);
  return () => {
    watchers.delete(told);
    if (watchers.size === 0 && watched.get(signal) === watchers) stopWatching(signal);
  };
}

const tellAll = ({ target }: Event): void => {
  if (!(target instanceof AbortSignal)) return;
  const watchers = watched.get(target) ?? [];
  stopWatching(target);
  for (const told of [...watchers]) told();
};

function startWatching(signal: AbortSignal): Set<() => void> {
  const watchers = new Set<() => void>();
  watched.set(signal, watchers);
  signal.addEventListener('abort', tellAll);
  return watchers;
}

function stopWatching(signal: AbortSignal): void {
  watched.delete(signal);
  signal.removeEventListener('abort', tellAll);
}
