/** Runs every spec of a script again, on copies that tell which way each branch went: both ways, somewhere. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { allScripts } from '@holdfast/core';
import { describe, expect, it } from 'vitest';
import { instrument } from './instrument.js';
import { coverage } from './lua-bench.js';

const taken = new Set<string>();
coverage.taken = taken;

const specs = readdirSync(import.meta.dirname, { recursive: true, encoding: 'utf8' }).filter(
  (file) => file.endsWith('.spec.ts') && !file.endsWith('branches.spec.ts'),
);
for (const spec of specs.toSorted()) {
  describe(`${spec} again`, async () => {
    await import(join(import.meta.dirname, spec));
  });
}

describe('with all of that', () => {
  const branches = allScripts.flatMap((script) => instrument(script.name, script.source).branches);

  it('each script has a spec of its own', () => {
    expect(
      allScripts.map((script) => `${script.name}.spec.ts`).filter((spec) => !specs.includes(spec)),
    ).toEqual([]);
  });

  it('each branch of each script was taken', () => {
    expect(branches.length).toBeGreaterThan(60);
    expect(branches.filter((branch) => !taken.has(branch))).toEqual([]);
  });
});
