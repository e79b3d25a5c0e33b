/** Two ways in which a process loses time without noticing. */
import { machineMs } from './wire.js';

const GAP_MS = 50;
const PATIENCE_MS = 5_000;

/**
 * Stops this process as SIGSTOP from outside does and returns in the first instruction after SIGCONT: it spins
 * until it sees a gap in the clock, because the signal may reach it a moment later than `kill` returns.
 */
export function freezeSelf(): void {
  const startedAt = machineMs();
  process.kill(process.pid, 'SIGSTOP');
  for (let last = startedAt; ;) {
    const now = machineMs();
    if (now - last > GAP_MS) return;
    if (now - startedAt > PATIENCE_MS) throw new Error('was not stopped, or woken too soon to notice');
    last = now;
  }
}

/** Keeps the event loop busy: no timer fires, no reply is read. */
export function blockFor(forMs: number): void {
  const endsAt = machineMs() + forMs;
  while (machineMs() < endsAt);
}
