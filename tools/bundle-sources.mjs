// Programs with the library from its sources as they are now, in one file each, or with what they share in another.
import { build } from 'vite';
import { root } from './step.mjs';

const conditions = ['@holdfast/source', 'node', 'import', 'default'];

/** `input`: sources by the names of what is made of them; `inlined`: which packages become part of it, `true` for all. */
export function bundleSources({ input, outDir, inlined, plugins = [] }) {
  return build({
    root,
    configFile: false,
    logLevel: 'error',
    plugins,
    resolve: { conditions },
    ssr: { noExternal: inlined, resolve: { conditions } },
    build: {
      ssr: true,
      target: 'node20',
      minify: false,
      emptyOutDir: false,
      outDir,
      rolldownOptions: { input, output: { entryFileNames: '[name].mjs' } },
    },
  });
}
