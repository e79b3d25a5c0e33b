import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { configDefaults, defineConfig, type TestProjectInlineConfiguration } from 'vitest/config';
import { defaultServerConditions } from 'vite';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

// Our own condition makes packages of this repository resolve to their sources. 'import' must stay out of the list:
// conditions are handed on to Node, and with it Express resolves to files that it cannot load.
const conditions = ['@holdfast/source', ...defaultServerConditions];

interface ProjectShape {
  readonly include: readonly string[];
  /** Starts one private redis-server for the project; specs read its address with `inject('redisUrl')`. */
  readonly redis?: boolean;
  /** Whether its specs start processes of `apps/lock-taker`. */
  readonly takers?: boolean;
  /** Projects of one group run side by side, groups one after the other. */
  readonly group?: number;
  /** How many spec files of a group run side by side: also on two processors, for most of them wait more than they work. */
  readonly workers?: number;
  /** How many tests of one file may run side by side, where they ask for it. */
  readonly sideBySide?: number;
  /**
   * Whether each file has a process of its own, because it imports others that may be loaded already. What a spec leaves
   * behind must not be seen by the next one anyway, and a fresh process for each of them costs minutes.
   */
  readonly apart?: boolean;
}

function project(
  name: string,
  {
    include,
    redis = false,
    takers = false,
    group = 0,
    workers = group === 0 ? 2 : 1,
    sideBySide = 5,
    apart = false,
  }: ProjectShape,
): TestProjectInlineConfiguration {
  const globalSetup = [
    ...(redis ? [at('./test/support/shared-redis.setup.ts')] : []),
    ...(takers ? [at('./test/support/lock-taker.setup.mjs')] : []),
  ];
  return {
    extends: true,
    test: {
      name,
      include: [...include],
      globalSetup,
      maxWorkers: workers,
      maxConcurrency: sideBySide,
      isolate: apart,
      sequence: { groupOrder: group },
    },
  };
}

const NEST_11 = at('./test/nest-11/node_modules/@nestjs');
if (!existsSync(`${NEST_11}/core`)) throw new Error('Nest 11 is missing below test/nest-11; run npm ci');

/** The very same specs on Nest 11, whose packages live in a private workspace of their own. */
function onNest11(name: string, specs: TestProjectInlineConfiguration): TestProjectInlineConfiguration {
  const alias = [{ find: /^@nestjs\/([^/]+)(\/.*)?$/, replacement: `${NEST_11}/$1$2` }];
  return { ...specs, resolve: { alias }, test: { ...specs.test, name } };
}

const nestSpecs = project('nest', { include: ['test/nest/*.spec.ts'], redis: true });
/** Processes with a Nest application each, whose answers are held against a clock. */
const nestAloneSpecs = project('nest-alone', {
  include: ['test/nest/alone/**/*.spec.ts'],
  redis: true,
  takers: true,
  group: 2,
  workers: 3,
});

const projects: readonly TestProjectInlineConfiguration[] = [
  project('types', { include: ['test/types/**/*.spec.ts'] }),
  project('unit', { include: ['libs/*/src/**/*.spec.ts'] }),
  // They compute, and nothing in them is held against a clock.
  project('computing', {
    include: [
      'test/{architecture,docs,embedded,simulation,support}/**/*.spec.ts',
      'test/contract/!(late*|redis*).spec.ts',
      'test/lua/**/!(branches).spec.ts',
    ],
    redis: true,
  }),
  project('lua-branches', { include: ['test/lua/branches.spec.ts'], redis: true, apart: true }),
  nestSpecs,
  onNest11('nest-11', nestSpecs),
  project('performance', { include: ['test/performance/**/*.spec.ts'], group: 1 }),
  nestAloneSpecs,
  onNest11('nest-11-alone', nestAloneSpecs),
  project('demo', { include: ['test/demo/**/*.spec.ts'], group: 2, workers: 3 }),
  // They wait for ticks, for leases to end, for nodes to agree: more at a time than there are processors.
  project('waiting', {
    include: ['test/{cluster,integration,quorum}/**/*.spec.ts', 'test/contract/redis*.spec.ts'],
    redis: true,
    takers: true,
    group: 3,
    workers: 4,
    sideBySide: 8,
  }),
  // Their servers work in the same process, whose answers they hold against a clock: fewer at a time.
  project('late', { include: ['test/contract/late*.spec.ts'], group: 3, workers: 4, sideBySide: 5 }),
  project('faults', {
    include: ['test/faults/*.spec.ts'],
    redis: true,
    takers: true,
    group: 4,
    workers: 4,
  }),
  // These wait, too, but hold what they see against a clock: few at a time, and nothing beside them.
  project('failover', { include: ['test/faults/failover/*.spec.ts'], group: 5 }),
  project('matrix', {
    include: ['test/faults/matrix/*.spec.ts'],
    takers: true,
    group: 5,
    sideBySide: 6,
  }),
];

/** Those that run the code in their own process, and do not hold it against a clock too closely to measure its coverage. */
const COVERED = ['unit', 'computing', 'nest', 'waiting', 'late'];
const part = process.env['HOLDFAST_PART'] ?? 'all';
const isChosen = ({ test }: TestProjectInlineConfiguration): boolean =>
  part === 'all' || COVERED.some((name) => name === test?.name) === (part === 'covered');

/**
 * Where nobody knows yet how long files take, large ones are run first. Some are small and take long, because the tests are
 * elsewhere, or because they are few and long: they must not be what everybody waits for at the end.
 */
const SMALL_AND_LONG = [
  'test/cluster/',
  'test/contract/',
  'test/demo/',
  'test/faults/endurance',
  'test/faults/jobs-',
  'test/faults/readers',
  'test/quorum/',
  'test/types/',
];

class LongOnesFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isLong = ({ moduleId }: TestSpecification): number =>
      Number(SMALL_AND_LONG.some((path) => moduleId.includes(path)));
    return sorted.toSorted((one, other) => isLong(other) - isLong(one));
  }
}

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  // Said here because vite looks for experimentalDecorators only in a tsconfig that includes the file.
  oxc: { decorator: { legacy: true, emitDecoratorMetadata: true } },
  test: {
    testTimeout: 20_000,
    hookTimeout: 20_000,
    pool: 'forks',
    sequence: { sequencer: LongOnesFirst },
    execArgv: ['--unhandled-rejections=strict'],
    exclude: [...configDefaults.exclude, '**/dist/**'],
    projects: projects.filter(isChosen),
    coverage: {
      provider: 'v8',
      include: ['libs/core/src/**/*.ts', 'libs/nest/src/**/*.ts'],
      exclude: ['**/*.spec.ts', '**/*.generated.ts'],
      reporter: ['text-summary', 'json-summary', ...(process.env['CI'] === undefined ? ['html'] : [])],
      thresholds: { 'libs/core/src/**': { lines: 95 }, 'libs/nest/src/**': { lines: 95 } },
    },
  },
});
