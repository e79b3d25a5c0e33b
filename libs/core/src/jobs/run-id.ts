/** How runs are called: by the millisecond of their tick, or "manual-" and the microsecond in which somebody asked. */
const MANUAL = 'manual-';

/** When the run was due, or was asked for, in milliseconds since 1970. */
export function scheduledAtOf(run: string): number {
  return run.startsWith(MANUAL) ? Math.floor(Number(run.slice(MANUAL.length)) / 1_000) : Number(run);
}

export function isManual(run: string): boolean {
  return run.startsWith(MANUAL);
}
