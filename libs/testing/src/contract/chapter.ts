import type { Scene } from './scene.js';

/** Tests of one theme, by the sentence that each of them proves. */
export type Chapter = Readonly<Record<string, (scene: Scene) => Promise<void>>>;
