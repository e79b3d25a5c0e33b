import { describe, expect, it } from 'vitest';
import { runDemo } from './demo-process.js';

const NO_REDIS = { PATH: '/nonexistent' };

describe('the demo without Redis', { timeout: 60_000 }, () => {
  it('runs the same replicas in one process, says so, and survives one that is cut off', async () => {
    const { code, report, stderr } = await runDemo(['--for', '5s', '--kill-closer', '--json'], NO_REDIS);
    expect(stderr).toContain(
      'in one process on the embedded host, without Redis (there is neither REDIS_URL nor',
    );
    expect(stderr).toMatch(/r\d +KILLED in the middle of close-books/);
    expect(report).toMatchObject({
      mode: 'embedded',
      replicas: 3,
      doubled: 0,
      lost: 0,
      closedTwice: 0,
      expiredTwice: 0,
      ticksDoubled: 0,
      ticksMissed: 0,
    });
    expect(report['invoiced']).toBe(report['orders']);
    expect(Number(report['takeovers'])).toBeGreaterThanOrEqual(1);
    expect(Number(report['reruns'])).toBeGreaterThanOrEqual(1);
    expect(code).toBe(0);
  });

  it('finds doubles when the locks are off', async () => {
    const { code, report } = await runDemo(['--for', '2s', '--calm', '--unguarded', '--embedded', '--json']);
    expect(report).toMatchObject({ mode: 'embedded', unguarded: true });
    expect(Number(report['doubled'])).toBeGreaterThan(0);
    expect(Number(report['ticksDoubled'])).toBeGreaterThan(0);
    expect(code).toBe(1);
  });

  it('cannot freeze anybody or give each replica a clock, and says what it takes', async () => {
    for (const { args, env, says } of [
      { args: ['--freeze-one'], env: NO_REDIS, says: '--freeze-one: needs redis-server' },
      { args: ['--freeze-one', '--embedded'], env: {}, says: '--freeze-one: needs redis-server' },
      { args: ['--skew', '2s', '--embedded'], env: {}, says: '--skew: needs redis-server' },
    ]) {
      const { code, stderr, stdout } = await runDemo(args, env);
      expect(stderr).toContain(says);
      expect(stdout).toEqual([]);
      expect(code).toBe(2);
    }
  });
});
