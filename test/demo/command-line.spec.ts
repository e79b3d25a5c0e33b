import { describe, expect, it } from 'vitest';
import { readCommandLine } from '../../apps/demo/src/command-line/options.js';
import { runDemo } from './demo-process.js';

const DEFAULTS = {
  replicas: 3,
  forMs: 30_000,
  killOne: true,
  killCloser: true,
  freezeOne: false,
  skewMs: 0,
  unguarded: false,
  embedded: false,
  json: false,
  ledger: undefined,
};

describe('the command line of the demo', () => {
  it('without options: three replicas, half a minute, one of each kind is killed', () => {
    expect(readCommandLine([])).toEqual({ kind: 'run', options: DEFAULTS });
  });

  it.each([
    { args: ['--replicas', '5', '--for=2m'], changed: { replicas: 5, forMs: 120_000 } },
    { args: ['--freeze-one'], changed: { killOne: false, killCloser: false, freezeOne: true } },
    { args: ['--freeze-one', '--kill-one'], changed: { killCloser: false, freezeOne: true } },
    { args: ['--kill-closer', '--skew', '2s'], changed: { killOne: false, skewMs: 2_000 } },
    {
      args: ['--calm', '--json', '--ledger', 'x.ndjson'],
      changed: { killOne: false, killCloser: false, json: true, ledger: 'x.ndjson' },
    },
    { args: ['--unguarded', '--embedded'], changed: { unguarded: true, embedded: true } },
  ])('reads $args', ({ args, changed }) => {
    expect(readCommandLine(args)).toEqual({ kind: 'run', options: { ...DEFAULTS, ...changed } });
  });

  it.each([
    { args: ['--replicas', '0'], fault: '--replicas: "0" must be a whole number from 1 to 12' },
    { args: ['--replicas', '2.5'], fault: '--replicas: "2.5" must be a whole number from 1 to 12' },
    { args: ['--replicas', 'many'], fault: '--replicas: "many" must be a whole number from 1 to 12' },
    { args: ['--for', '30'], fault: '--for: "30" must be a number with a unit, such as 45s, 2m or 1h' },
    { args: ['--for', '-5s'], fault: '--for: "-5s" must be a number with a unit, such as 45s, 2m or 1h' },
    {
      args: ['--for', '30 parsecs'],
      fault: '--for: "30 parsecs" must be a number with a unit, such as 45s, 2m or 1h',
    },
    { args: ['--for', '100ms'], fault: '--for: "100ms" must be from 2s to 1h' },
    { args: ['--for', '2d'], fault: '--for: "2d" must be from 2s to 1h' },
    {
      args: ['--skew', '2'],
      fault: '--skew: "2" must be a number with a unit, such as 500ms or 2s',
    },
    { args: ['--skew=-2s'], fault: '--skew: "-2s" must be a number with a unit, such as 500ms or 2s' },
    { args: ['--skew', '2m'], fault: '--skew: "2m" must be 1m at most' },
    { args: ['--skew'], fault: '--skew: needs a value' },
    {
      args: ['--calm', '--kill-closer'],
      fault:
        '--calm: must not stand beside --kill-one, --kill-closer or --freeze-one; it means that nobody is killed or frozen',
    },
    { args: ['--for'], fault: '--for: needs a value' },
    { args: ['--ledger', '--json'], fault: '--ledger: needs a value' },
    { args: ['--json=yes'], fault: '--json: "yes" must be left out; it takes no value' },
    { args: ['more'], fault: '"more": is not an option; options begin with --' },
    {
      args: ['--replicas', '1', '--freeze-one'],
      fault: '--freeze-one: needs --replicas 2 or more, not 1; somebody has to take over',
    },
  ])('refuses $args', ({ args, fault }) => {
    expect(readCommandLine(args)).toEqual({ kind: 'wrong', faults: [fault] });
  });

  it('tells all faults at once, on stderr, and exits with 2', async () => {
    const { code, stdout, stderr } = await runDemo(['--replicas', '99', '--for', 'ever', '--frozen-one']);
    expect(stderr).toContain('--replicas: "99"');
    expect(stderr).toContain('--for: "ever"');
    expect(stderr).toContain('--frozen-one: unknown option; there are --replicas, --for, --kill-one');
    expect(stdout).toEqual([]);
    expect(code).toBe(2);
  });

  it('a ledger that cannot be written and a REDIS_URL that is none are told before anything starts', async () => {
    const [ledger, url] = await Promise.all([
      runDemo(['--embedded', '--ledger', '/nonexistent/ledger.ndjson']),
      runDemo([], { REDIS_URL: 'http://user:secret@localhost' }),
    ]);
    expect(ledger.stderr).toContain('--ledger: "/nonexistent/ledger.ndjson" can\'t be written');
    expect(url.stderr).toContain('REDIS_URL: must start with redis://');
    expect(url.stderr).not.toContain('secret');
    expect([ledger.code, url.code]).toEqual([2, 2]);
  });
});
