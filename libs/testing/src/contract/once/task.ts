import type { Scene } from '../scene.js';

/** Something that counts how often it is done, and is over when it is told so. */
export function task<T>(result: () => T) {
  let runs = 0;
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return {
    body: async (): Promise<T> => {
      runs += 1;
      await opened;
      return result();
    },
    open: () => open(),
    get runs(): number {
      return runs;
    },
  };
}

/** Lets time pass until it is being done. */
export async function begun(scene: Scene, doing: { readonly runs: number }): Promise<void> {
  await scene.until('it is being done', () => doing.runs > 0);
}
