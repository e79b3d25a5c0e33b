/** Plays a suspend of the machine: uptime goes on counting, the monotonic clock stood still. */
import { createRequire, syncBuiltinESMExports } from 'node:module';

/** From now on the machine has been up for `forMs` longer than the monotonic clock says. */
export function pretendSuspend(forMs: number): void {
  const os: { uptime: () => number } = createRequire(import.meta.url)('node:os');
  const uptime = os.uptime.bind(os);
  os.uptime = () => uptime() + forMs / 1_000;
  // The library has imported it by name.
  syncBuiltinESMExports();
}
