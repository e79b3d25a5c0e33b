/** Committed files that a tool writes are what it would write now. */
import { expect, it } from 'vitest';
import { runTool } from './repository.js';

it.each([
  ['the scripts that Redis gets', 'tools/build-scripts.mjs'],
  ['the page of all keys', 'tools/build-keyspace.mjs'],
  ['the public face of each package', 'tools/build-api.mjs'],
  ['the page of what came of the faults', 'tools/build-faults.mjs'],
])(
  '%s: up to date',
  (_, tool) => {
    expect(runTool('node', [tool, '--check'])).toEqual({ status: 0, output: '', stdout: '' });
  },
  // One of them compiles all packages.
  120_000,
);
