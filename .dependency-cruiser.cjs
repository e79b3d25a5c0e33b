// The arrows of the house: who may know whom. Types count, because a type is knowledge, too.

const CORE = '^libs/core/src';
const FEATURES = '(lock|semaphore|rwlock|leader|limiter|quota|once|jobs|scripts|inspector)';
const SPEC = '\\.spec\\.ts$';

/** A rule without a reason is a rule that nobody dares to change. */
const forbid = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });

/** From inside one package into another past its front door. */
const frontDoorOf = (lib) =>
  forbid(
    `front-door-of-${lib}`,
    `Only src/index.ts of ${lib} is a promise; everything behind it may change in any release.`,
    { path: '^(libs|apps)/', pathNot: `^libs/${lib}/` },
    { path: `^libs/${lib}/`, pathNot: `^libs/${lib}/src/index\\.ts$` },
  );

module.exports = {
  forbidden: [
    forbid(
      'no-cycles',
      'Two files that need each other are one file, or a third is missing.',
      {},
      { circular: true },
    ),
    forbid(
      'no-orphans',
      'A file that nobody imports is dead, or its test forgot it.',
      { orphan: true, path: '^(libs|apps)/[^/]+/src/', pathNot: [SPEC, '/src/(index|main)\\.ts$'] },
      {},
    ),
    forbid(
      'resolvable',
      'An import that resolves to nothing hides from every other rule.',
      {},
      { couldNotResolve: true },
    ),
    forbid(
      'declared',
      'A package that is not in its package.json is there by luck.',
      { path: '^(libs|apps)/', pathNot: SPEC },
      { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
    ),

    ...['core', 'nest', 'embedded', 'testing', 'dashboard'].map(frontDoorOf),
    forbid(
      'core-knows-no-package',
      'core is the inner ring: it must work in a process that has none of the others installed.',
      { path: '^libs/core/' },
      { path: '^(libs/(?!core/)|apps/)' },
    ),
    forbid(
      'core-without-nest',
      'core has no framework, so that it serves workers, scripts and other frameworks.',
      { path: '^libs/core/' },
      { path: '^(@nestjs/|node_modules/@nestjs/|rxjs|node_modules/rxjs|node_modules/reflect-metadata)' },
    ),
    forbid(
      'nest-knows-core',
      'nest is an adapter of core and of nothing else.',
      { path: '^libs/nest/', pathNot: SPEC },
      { path: '^(libs/(?!nest/|core/)|apps/)' },
    ),
    forbid(
      'embedded-knows-core',
      'The embedded host implements a port of core.',
      { path: '^libs/embedded/', pathNot: SPEC },
      { path: '^(libs/(?!embedded/|core/)|apps/)' },
    ),
    forbid(
      'testing-knows-no-app',
      'testing stands beside nest and embedded, whose users it serves; it must not know our apps or the dashboard.',
      { path: '^libs/testing/' },
      { path: '^(libs/dashboard/|apps/)' },
    ),
    forbid(
      'dashboard-knows-core',
      'The dashboard reads what the inspector of core tells, and nothing else.',
      { path: '^libs/dashboard/' },
      { path: '^(libs/(?!dashboard/|core/)|apps/)' },
    ),
    forbid(
      'apps-apart',
      'Apps are separate programs.',
      { path: '^apps/([^/]+)/' },
      { path: '^apps/', pathNot: '^apps/$1/' },
    ),
    forbid(
      'nothing-imports-tests',
      'Tests depend on the product, never the other way.',
      { path: '^(libs|apps)/[^/]+/src/', pathNot: SPEC },
      { path: ['^test/', SPEC] },
    ),

    forbid(
      'features-apart',
      'Features never import each other: what two of them need belongs into the lease engine.',
      { path: `${CORE}/${FEATURES}/` },
      { path: `${CORE}/${FEATURES}/`, pathNot: `${CORE}/$1/` },
    ),
    forbid(
      'features-on-lease',
      'A feature speaks to Redis only through the ports of the lease engine; the composition root joins them.',
      { path: `${CORE}/${FEATURES}/`, pathNot: SPEC },
      { path: `${CORE}/(redis/|holdfast|index\\.ts)` },
    ),
    forbid(
      'lease-on-the-ground',
      'The engine knows time, errors and events: all primitives use it, so it must not know any of them, nor Redis.',
      { path: `${CORE}/lease/`, pathNot: SPEC },
      { path: `${CORE}/`, pathNot: `${CORE}/(lease/|time/|(acquire-|lease-)?errors|events)` },
    ),
    forbid(
      'redis-implements-ports',
      'redis/ implements ports; it must not know what the features do with them.',
      { path: `${CORE}/redis/`, pathNot: SPEC },
      {
        path: `${CORE}/`,
        pathNot: `${CORE}/(redis/|lease/(durability|lease-name|token|store-error)\\.ts$|[a-z]+/[a-z-]+-store\\.ts$|time/|(acquire-|lease-)?errors)`,
      },
    ),
    forbid(
      'ground-floor',
      'time, errors and events carry everything, so they lean on nothing but each other.',
      { path: `${CORE}/(time/|(acquire-|lease-)?errors|(job-)?events|event-channel)`, pathNot: SPEC },
      { path: `${CORE}/`, pathNot: `${CORE}/(time/|(acquire-|lease-)?errors|(job-)?events|event-channel)` },
    ),
    forbid(
      'holdfast-is-the-root',
      'Only the front door knows the composition root.',
      { path: `${CORE}/`, pathNot: [`${CORE}/index\\.ts$`, `${CORE}/holdfast[^/]*\\.ts$`, SPEC] },
      { path: `${CORE}/holdfast[^/]*\\.ts$` },
    ),
    forbid(
      'only-redis-knows-ioredis',
      'The client can be changed, or left out, because one folder knows it.',
      { path: '^libs/', pathNot: ['^libs/core/src/redis/', SPEC] },
      { path: '^(ioredis|node_modules/ioredis)' },
    ),
    forbid(
      'no-inner-barrels',
      'An index inside a folder hides who uses what and makes cycles.',
      {},
      { path: '^libs/[^/]+/src/.+/index\\.ts$' },
    ),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)dist/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.base.json' },
    combinedDependencies: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['@holdfast/source', 'import', 'node', 'types', 'default'],
      extensions: ['.ts', '.js', '.mjs', '.cjs', '.json', '.d.ts'],
    },
  },
};
