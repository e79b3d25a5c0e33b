// `npm run test:pack`: packs the libraries as they would be published and installs them into fresh applications: Nest 11
// as CommonJS with ioredis 5 and Jest, and Nest 12 as ESM with vitest. Each runs a guarded route, a guarded job, a spec.
import { execFile, spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { root } from './step.mjs';

const PACKAGES = ['core', 'nest', 'embedded', 'testing'];
const APPS = [
  { name: 'nest-11-cjs', spec: ['jest', '--ci'], env: {} },
  { name: 'nest-12-esm', spec: ['vitest', 'run'], env: {} },
];

const work = mkdtempSync(join(tmpdir(), 'holdfast-pack-'));
const execute = promisify(execFile);
/** What the command wrote; what it had to say besides is in the error when it fails. */
const run = async (command, args, options = {}) =>
  (await execute(command, args, { cwd: root, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024, ...options }))
    .stdout;

async function pack(name) {
  const told = await run('npm', ['pack', '--json', '--pack-destination', work, `./libs/${name}`]);
  const [packed] = JSON.parse(told);
  return {
    name: `@holdfast/${name}`,
    tarball: join(work, packed.filename),
    files: packed.files.map((file) => file.path),
  };
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

async function install(app, packages) {
  const dir = join(work, app.name);
  for (const part of ['app', app.name]) cpSync(join(root, 'test/pack', part), dir, { recursive: true });
  const manifest = JSON.parse(readFileSync(join(dir, 'package.json'), 'utf8'));
  for (const { name, tarball } of packages) manifest.dependencies[name] = `file:${tarball}`;
  writeFileSync(join(dir, 'package.json'), JSON.stringify(manifest, null, 2));
  await run('npm', ['install', '--no-audit', '--no-fund', '--loglevel', 'error'], { cwd: dir });
  return dir;
}

async function tryApp(app, dir, url) {
  const found = await run('find', ['node_modules', '-path', '*@holdfast/core/package.json'], { cwd: dir });
  const copies = found.trim().split('\n');
  if (copies.length !== 1)
    throw new Error(`${app.name}: ${copies.length} copies of core: ${copies.join(', ')}`);
  await run('npx', ['tsc', '-p', 'tsconfig.json'], { cwd: dir });
  const env = { ...process.env, REDIS_URL: url };
  const said = await run('node', ['--unhandled-rejections=strict', 'dist/main.js'], { cwd: dir, env });
  const seen = JSON.parse(said.trim().split('\n').at(-1));
  const good =
    seen.status === 201 &&
    seen.route.guarded &&
    seen.route.busyForOthers &&
    seen.runs >= 1 &&
    seen.guarded === seen.runs;
  if (!good) throw new Error(`${app.name}: ${JSON.stringify(seen)}`);
  console.log(await run('npx', app.spec, { cwd: dir, env: { ...env, ...app.env } }));
  console.log(`${app.name}: one copy of core; ${JSON.stringify(seen)}; its spec passed`);
}

const port = await freePort();
const redis = spawn(
  'redis-server',
  ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--dir', work],
  { stdio: 'ignore' },
);
try {
  await run('npx', ['tsc', '-b']);
  const packages = await Promise.all(PACKAGES.map(pack));
  const faults = packages.flatMap(contentFaults);
  if (faults.length > 0) throw new Error(faults.join('\n'));
  // Side by side, each in a database of its own, and all of them to their end.
  const tried = await Promise.allSettled(
    APPS.map(async (app, at) => tryApp(app, await install(app, packages), `redis://127.0.0.1:${port}/${at}`)),
  );
  const failed = tried.find(({ status }) => status === 'rejected');
  if (failed !== undefined) throw failed.reason;
  console.log(`${APPS.length} passed, 0 failed`);
} catch (error) {
  console.error(error instanceof Error ? error.message : error, error?.stdout ?? '', error?.stderr ?? '');
  console.log('0 passed, 1 failed');
  process.exitCode = 1;
} finally {
  redis.kill();
  rmSync(work, { recursive: true, force: true });
}
