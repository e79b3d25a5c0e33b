/** `@holdfast/embedded`: the scripts of Holdfast in a Lua VM of this process; no Redis needed. */
export type { ConnectionControls, EmbeddedControls, Evaluation } from './controls.js';
export { embedded, type EmbeddedOptions, type EmbeddedProvider } from './embedded.js';
export type { DumpedKey, DumpedValue } from './keyspace/dump.js';
export type { Answer } from './reply.js';
export { SettableClock } from './settable-clock.js';
