// Builds the simulation with the library from its sources into one file, with a bug planted if one is given. A bug whose
// text is not in the source any more fails the build: a bug that is not planted would never be found, or always.
import { join } from 'node:path';
import { build } from 'vite';
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
  await build({
    root,
    configFile: false,
    logLevel: 'error',
    plugins: [{ ...planter(bug), enforce: 'pre' }],
    resolve: { conditions: ['@holdfast/source', 'node', 'import', 'default'] },
    ssr: {
      noExternal: [/^@holdfast\//],
      resolve: { conditions: ['@holdfast/source', 'node', 'import', 'default'] },
    },
    build: {
      ssr: join(root, 'test/simulation/main.ts'),
      target: 'node20',
      minify: false,
      emptyOutDir: false,
      outDir,
      rolldownOptions: { output: { entryFileNames: `${name}.mjs` } },
    },
  });
  return join(outDir, `${name}.mjs`);
}
