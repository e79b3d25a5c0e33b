// `npm run test:pack`: packs the libraries as they would be published and installs them into fresh applications: Nest 11
// as CommonJS with ioredis 5 and Jest, and Nest 12 as ESM with vitest. Each runs a guarded route, a guarded job, a spec.
import { execFileSync, spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from './step.mjs';

const PACKAGES = ['core', 'nest', 'embedded', 'testing'];
const APPS = [
  { name: 'nest-11-cjs', spec: ['jest', '--ci'], env: {} },
  { name: 'nest-12-esm', spec: ['vitest', 'run'], env: {} },
];

const work = mkdtempSync(join(tmpdir(), 'holdfast-pack-'));
const run = (command, args, options = {}) =>
  execFileSync(command, args, {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    ...options,
  });

function pack() {
  run('npx', ['tsc', '-b']);
  return PACKAGES.map((name) => {
    const [packed] = JSON.parse(run('npm', ['pack', '--json', '--pack-destination', work, `./libs/${name}`]));
    return {
      name: `@holdfast/${name}`,
      tarball: join(work, packed.filename),
      files: packed.files.map((file) => file.path),
    };
  });
}

/** What must not be published, and what must. */
function contentFaults({ name, files }) {
  const alien = files
    .filter((file) => /\.spec\.|tsbuildinfo|\.lua$/.test(file))
    .map((file) => `${name} ships ${file}`);
  const missing = ['dist/index.js', 'dist/index.d.ts', 'README.md', 'LICENSE', 'package.json'].filter(
    (file) => !files.includes(file),
  );
  return [...alien, ...missing.map((file) => `${name} lacks ${file}`)];
}

async function freePort() {
  const probe = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => probe.once('listening', resolve));
  const { port } = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

function install(app, packages) {
  const dir = join(work, app.name);
  for (const part of ['app', app.name]) cpSync(join(root, 'test/pack', part), dir, { recursive: true });
  const manifest = JSON.parse(readFileSync(join(dir, 'package.json'), 'utf8'));
  for (const { name, tarball } of packages) manifest.dependencies[name] = `file:${tarball}`;
  writeFileSync(join(dir, 'package.json'), JSON.stringify(manifest, null, 2));
  run('npm', ['install', '--no-audit', '--no-fund', '--loglevel', 'error'], { cwd: dir });
  return dir;
}

function tryApp(app, dir, url) {
  const copies = run('find', ['node_modules', '-path', '*@holdfast/core/package.json'], { cwd: dir })
    .trim()
    .split('\n');
  if (copies.length !== 1)
    throw new Error(`${app.name}: ${copies.length} copies of core: ${copies.join(', ')}`);
  run('npx', ['tsc', '-p', 'tsconfig.json'], { cwd: dir });
  const env = { ...process.env, REDIS_URL: url };
  const seen = JSON.parse(
    run('node', ['--unhandled-rejections=strict', 'dist/main.js'], { cwd: dir, env })
      .trim()
      .split('\n')
      .at(-1),
  );
  const good =
    seen.status === 201 &&
    seen.route.guarded &&
    seen.route.busyForOthers &&
    seen.runs >= 1 &&
    seen.guarded === seen.runs;
  if (!good) throw new Error(`${app.name}: ${JSON.stringify(seen)}`);
  run('npx', app.spec, { cwd: dir, env: { ...env, ...app.env }, stdio: ['ignore', 'inherit', 'inherit'] });
  console.log(`${app.name}: one copy of core; ${JSON.stringify(seen)}; its spec passed`);
}

const port = await freePort();
const redis = spawn(
  'redis-server',
  ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--dir', work],
  { stdio: 'ignore' },
);
try {
  const packages = pack();
  const faults = packages.flatMap(contentFaults);
  if (faults.length > 0) throw new Error(faults.join('\n'));
  for (const app of APPS) tryApp(app, install(app, packages), `redis://127.0.0.1:${port}`);
  console.log(`${APPS.length} passed, 0 failed`);
} catch (error) {
  console.error(error instanceof Error ? error.message : error, error?.stdout ?? '');
  console.log('0 passed, 1 failed');
  process.exitCode = 1;
} finally {
  redis.kill();
  rmSync(work, { recursive: true, force: true });
}
