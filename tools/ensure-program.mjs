// Makes sure a program is on PATH: it is there, or apt may install it, or one line says what to do.
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';

const POLICY = '/usr/sbin/policy-rc.d';

/**
 * Exits with 1 when the program is neither there nor to be had, unless there is something `instead` of it.
 * `startsService`: its package would start a daemon.
 */
export function ensureProgram({ program, aptPackage, startsService = false, instead }) {
  if (isOnPath(program)) return;
  const asRoot = rootCommand();
  if (isOnPath('apt-get') && asRoot !== undefined) {
    console.log(`${program} is missing: installing the package ${aptPackage}`);
    install(aptPackage, asRoot, startsService);
    if (isOnPath(program)) return;
  }
  if (instead !== undefined) {
    console.log(`${program} is not on PATH and cannot be installed here: ${instead}`);
    return;
  }
  console.error(
    `${program} is needed and not on PATH: install it (Debian and Ubuntu: apt-get install ${aptPackage}) and try again`,
  );
  process.exit(1);
}

function isOnPath(program) {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return folder !== '';
    } catch {
      return false;
    }
  });
}

/** What to put in front of a command to run it as root without being asked for a password, if that is possible. */
function rootCommand() {
  if (process.getuid?.() === 0) return [];
  const sudo = ['sudo', '-n'];
  return run([...sudo, 'true'], 'ignore') ? sudo : undefined;
}

function install(aptPackage, asRoot, startsService) {
  const apt = [...asRoot, 'env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', '-q'];
  const installing = [...apt, 'install', '-y', '--no-install-recommends', aptPackage];
  // Debian starts daemons as it installs them unless this policy says no: nothing of ours may listen on 6379.
  const ownPolicy =
    startsService && !existsSync(POLICY) && writeAsRoot(POLICY, '#!/bin/sh\nexit 101\n', asRoot);
  try {
    // Quietly first: where the lists of packages are there, as they are behind the first of several programs, that is all.
    if (!run(installing, 'ignore') && run([...apt, 'update'])) run(installing);
  } finally {
    if (ownPolicy) run([...asRoot, 'rm', '-f', POLICY]);
  }
  if (startsService && existsSync('/run/systemd/system'))
    run([...asRoot, 'systemctl', 'disable', aptPackage], 'ignore');
}

function writeAsRoot(path, text, asRoot) {
  const draft = join(mkdtempSync(join(tmpdir(), 'holdfast-')), 'draft');
  writeFileSync(draft, text);
  try {
    return run([...asRoot, 'install', '-m', '755', draft, path]);
  } finally {
    rmSync(dirname(draft), { recursive: true });
  }
}

function run([command, ...args], output = 'inherit') {
  return spawnSync(command, args, { stdio: ['ignore', output, output] }).status === 0;
}
