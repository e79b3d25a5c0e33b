// Builds the simulation with the library from its sources into one file, with a bug planted if one is given. A bug whose
// text is not in the source any more fails the build: a bug that is not planted would never be found, or always.
import { join } from 'node:path';
import { bundleSources } from './bundle-sources.mjs';
import { root } from './step.mjs';

/** Changes sources on their way into the bundle, and sees that each change was made. */
function planter({ edits }) {
  const open = new Set(edits);
  return {
    name: 'planted-bug',
    transform(code, id) {
      let changed = code;
      for (const edit of edits.filter(({ file }) => id === join(root, file))) {
        if (!changed.includes(edit.find))
          throw new Error(`${edit.file} has no text ${JSON.stringify(edit.find)}`);
        changed = changed.replaceAll(edit.find, () => edit.put);
        open.delete(edit);
      }
      return changed === code ? undefined : { code: changed, map: null };
    },
    buildEnd(error) {
      const [left] = open;
      if (error === undefined && left !== undefined)
        throw new Error(`${left.file} is not part of the simulation`);
    },
  };
}

/** @returns the path of the bundle */
export async function bundle(name, bug = { edits: [] }) {
  const outDir = join(root, 'build/simulation');
  await bundleSources({
    input: { [name]: join(root, 'test/simulation/main.ts') },
    outDir,
    inlined: [/^@holdfast\//],
    plugins: [{ ...planter(bug), enforce: 'pre' }],
  });
  return join(outDir, `${name}.mjs`);
}
