/** The bugs that the simulation has to find are about code that is there: each changes what it says it changes. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { root } from '../architecture/repository.js';

interface PlantedBug {
  readonly name: string;
  readonly edits: readonly { readonly file: string; readonly find: string; readonly put: string }[];
}

const file = pathToFileURL(join(root, 'test/simulation/planted-bugs.mjs')).href;
const { plantedBugs }: { plantedBugs: readonly PlantedBug[] } = await import(file);
const page = readFileSync(join(root, 'docs/simulation.md'), 'utf8');

describe('the planted bugs', () => {
  it('F45 are all that the fault matrix asks for, and as many again', () => {
    const asked = [
      'deadline-at-reply',
      'blind-del',
      'token-per-client',
      'no-fence',
      'incr-fence',
      'no-deadline',
    ];
    const asWell = ['late-renewal', 'get-then-del', 'renewal-recreates-key', 'lost-wake-up'];
    const names = plantedBugs.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining([...asked, ...asWell, 'grant-to-cancelled-waiter']));
    expect(new Set(names).size).toBe(names.length);
    expect(names.length).toBeGreaterThan(20);
  });

  it.each(plantedBugs.map((bug) => [bug.name, bug] as const))(
    '%s: changes code that is there',
    (name, { edits }) => {
      expect(edits.length).toBeGreaterThan(0);
      for (const { file, find, put } of edits) {
        expect(readFileSync(join(root, file), 'utf8')).toContain(find);
        expect(put).not.toBe(find);
      }
      expect(page).toContain(`\`${name}\``);
    },
  );
});
