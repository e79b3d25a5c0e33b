/** Which faults strike when. */
import { setTimeout as pause } from 'node:timers/promises';
import type { DemoOptions } from '../../command-line/options.js';
import type { Fault, Scene } from '../scene.js';
import { freezeOne } from './freeze-one.js';
import { killCloser } from './kill-closer.js';
import { killOne } from './kill-one.js';

/** One after the other, spread over the run: a single one after a third of it. */
export async function strike(options: DemoOptions, scene: Scene, signal: AbortSignal): Promise<void> {
  const faults: Fault[] = [
    ...(options.killOne ? [killOne] : []),
    ...(options.killCloser ? [killCloser] : []),
    ...(options.freezeOne ? [freezeOne] : []),
  ];
  const begunAt = Date.now();
  for (const [index, fault] of faults.entries()) {
    const dueMs = (options.forMs * (index + 1)) / (faults.length + 2);
    try {
      await pause(Math.max(0, begunAt + dueMs - Date.now()), undefined, { signal });
      await fault(scene, signal);
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }
}
