/**
 * One drill of many thousand operations in a process of its own, whose timers, listeners, warnings and heap nobody
 * else touches. Tells `drilled` when it is through and goes on telling `idle` with the number of timers that are armed.
 */
import { parseArgs } from 'node:util';
import { createHoldfast, type Holdfast } from '@holdfast/core';
import { abortDrill } from './drills/abort-drill.js';
import { churnDrill } from './drills/churn-drill.js';
import type { Drill } from './drills/drill.js';
import { holdDrill } from './drills/hold-drill.js';
import { LiveTimers } from './live-timers.js';
import { readCommands, tell, tellFailure } from './wire.js';

const DRILLS: ReadonlyMap<string, Drill> = new Map([
  ['aborts', abortDrill],
  ['churn', churnDrill],
  ['hold', holdDrill],
]);

const { values: options } = parseArgs({
  options: {
    url: { type: 'string', default: 'redis://127.0.0.1:6379' },
    namespace: { type: 'string', default: 'endurance' },
    drill: { type: 'string', default: 'churn' },
    count: { type: 'string', default: '1000' },
    ttl: { type: 'string', default: '30000' },
    timers: { type: 'boolean', default: false },
  },
});

const drill = DRILLS.get(options.drill);
if (drill === undefined) throw new Error(`no such drill: ${options.drill}`);
process.on('warning', (warning) => tell('warning', { name: warning.name, message: warning.message }));
const timers = new LiveTimers();
if (options.timers) timers.start();

const open = (): Promise<Holdfast> =>
  createHoldfast({ connection: options.url, namespace: options.namespace });
const instances = [await open(), await open()] as const;
let idle: NodeJS.Timeout | undefined;
const close = async (): Promise<void> => {
  clearInterval(idle);
  await Promise.all(instances.map((instance) => instance.close()));
  tell('closed');
};
const enough = new Promise<void>((resolve) => {
  readCommands(
    () => resolve(),
    () => void close().catch(tellFailure),
  );
});
tell('ready');
await drill({ instances, count: Number(options.count), ttlMs: Number(options.ttl), timers, enough });
idle = setInterval(() => tell('idle', { timers: timers.count - 1 }), 100);
