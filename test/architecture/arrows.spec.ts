/** The arrows of the house hold, and the checker that says so is awake. */
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { root, runTool } from './repository.js';

interface Verdict {
  readonly modules: readonly unknown[];
  readonly summary: {
    readonly violations: readonly {
      readonly from: string;
      readonly to: string;
      readonly rule: { readonly name: string };
    }[];
    readonly ruleSetUsed: {
      readonly forbidden: readonly {
        readonly name: string;
        readonly comment: string;
        readonly severity: string;
      }[];
    };
  };
}

function cruise(cwd: string): Verdict {
  const args = ['--config', join(root, '.dependency-cruiser.cjs'), '--output-type', 'json', 'libs', 'apps'];
  const { stdout, output } = runTool('depcruise', args, cwd);
  if (!stdout.startsWith('{')) throw new Error(`dependency-cruiser said: ${output.slice(0, 2_000)}`);
  const verdict: Verdict = JSON.parse(stdout);
  return verdict;
}

/** One import per rule that the rule is there to catch: file, what it imports. */
const PLANTED: Readonly<Record<string, readonly [string, string]>> = {
  'no-cycles': ['libs/core/src/time/a.ts', './b.js'],
  'no-orphans': ['libs/core/src/time/forgotten.ts', ''],
  resolvable: ['libs/core/src/time/a.ts', './nowhere.js'],
  declared: ['libs/core/src/redis/c.ts', 'undeclared'],
  'front-door-of-core': ['libs/nest/src/index.ts', '../../core/src/time/a.js'],
  'front-door-of-nest': ['apps/demo/src/main.ts', '../../../libs/nest/src/inner.js'],
  'front-door-of-embedded': ['apps/demo/src/main.ts', '../../../libs/embedded/src/inner.js'],
  'front-door-of-testing': ['apps/demo/src/main.ts', '../../../libs/testing/src/inner.js'],
  'front-door-of-dashboard': ['apps/demo/src/main.ts', '../../../libs/dashboard/src/inner.js'],
  'core-knows-no-package': ['libs/core/src/lock/a.ts', '../../../nest/src/index.js'],
  'core-without-nest': ['libs/core/src/lock/a.ts', '@nestjs/common'],
  'nest-knows-core': ['libs/nest/src/index.ts', '../../embedded/src/index.js'],
  'embedded-knows-core': ['libs/embedded/src/index.ts', '../../nest/src/index.js'],
  'testing-knows-no-app': ['libs/testing/src/index.ts', '../../../apps/demo/src/main.js'],
  'dashboard-knows-core': ['libs/dashboard/src/index.ts', '../../nest/src/index.js'],
  'apps-apart': ['apps/cli/src/main.ts', '../../demo/src/main.js'],
  'nothing-imports-tests': ['libs/core/src/lock/a.ts', '../../../../test/support/eventually.js'],
  'features-apart': ['libs/core/src/lock/a.ts', '../semaphore/a.js'],
  'features-on-lease': ['libs/core/src/lock/a.ts', '../redis/c.js'],
  'lease-on-the-ground': ['libs/core/src/lease/a.ts', '../lock/a.js'],
  'redis-implements-ports': ['libs/core/src/redis/c.ts', '../lease/a.js'],
  'ground-floor': ['libs/core/src/time/b.ts', '../lease/a.js'],
  'holdfast-is-the-root': ['libs/core/src/lock/a.ts', '../holdfast.js'],
  'only-redis-knows-ioredis': ['libs/core/src/lock/a.ts', 'ioredis'],
  'no-inner-barrels': ['libs/core/src/index.ts', './lock/index.js'],
};

const ALSO_THERE = [
  'libs/core/src/time/b.ts: ./a.js',
  'libs/core/src/holdfast.ts: ',
  'libs/core/src/semaphore/a.ts: ',
  'libs/core/src/lock/index.ts: ',
  'libs/nest/src/inner.ts: ',
  'libs/embedded/src/inner.ts: ',
  'libs/testing/src/inner.ts: ',
  'libs/dashboard/src/inner.ts: ',
  'test/support/eventually.ts: ',
];

/** A small house in which every rule is broken once, by a type import where that is possible. */
function plantedHouse(): string {
  const house = mkdtempSync(join(tmpdir(), 'holdfast-arrows-'));
  onTestFinished(() => rmSync(house, { recursive: true, force: true }));
  const imports = new Map<string, string[]>();
  const plant = (file: string, what: string): void =>
    void imports.set(file, [...(imports.get(file) ?? []), what].filter(Boolean));
  for (const [file, what] of Object.values(PLANTED)) plant(file, what);
  for (const line of ALSO_THERE) plant(line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2));
  for (const [file, whats] of imports) {
    mkdirSync(dirname(join(house, file)), { recursive: true });
    const lines = whats.map(
      (what, i) => `import type { Thing as Thing${i} } from '${what}';\nexport type Own${i} = Thing${i};\n`,
    );
    writeFileSync(join(house, file), `${lines.join('')}export interface Thing {}\n`);
  }
  for (const name of ['package.json', 'tsconfig.base.json']) cpSync(join(root, name), join(house, name));
  for (const name of ['undeclared', 'ioredis', '@nestjs/common']) {
    const folder = join(house, 'node_modules', name);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ name, main: 'index.js' }));
    writeFileSync(join(folder, 'index.js'), '');
  }
  return house;
}

describe('the arrows', () => {
  it('hold everywhere, and the checker saw the whole house', () => {
    const { modules, summary } = cruise(root);
    expect(summary.violations.map(({ from, to, rule }) => `${rule.name}: ${from} → ${to}`)).toEqual([]);
    expect(modules.length).toBeGreaterThan(80);
  });

  it('each have a reason, are errors, and catch their planted violation', () => {
    const { summary } = cruise(plantedHouse());
    const rules = summary.ruleSetUsed.forbidden;
    expect(rules.filter((rule) => rule.severity !== 'error' || rule.comment.length < 20)).toEqual([]);
    expect(rules.map((rule) => rule.name).toSorted()).toEqual(Object.keys(PLANTED).toSorted());
    const caught = new Set(summary.violations.map(({ rule }) => rule.name));
    expect(Object.keys(PLANTED).filter((rule) => !caught.has(rule))).toEqual([]);
  });
});
