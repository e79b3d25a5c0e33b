import { describe, expect, it } from 'vitest';
import { fromServerReply } from './server-reply.js';

const conditionOf = (message: string): string => fromServerReply(message, 'lease/batch').condition;

describe('an error reply of the server', () => {
  it.each([
    ['WRONGTYPE Operation against a key holding the wrong kind of value', 'wrong-type'],
    ['WRONGTYPE Operation against a key script: abc, on @user_script:3.', 'wrong-type'],
    [
      'ERR Error running script (call to f_abc): @user_script:3: WRONGTYPE Operation against a key',
      'wrong-type',
    ],
    ['@user_script: 9: -OOM command not allowed', 'out-of-memory'],
    ["NOPERM this user has no permissions to run the 'evalsha' command", 'no-permission'],
    [
      "ERR The user executing the script can't run this command or subcommand script: abc, on @user_script:9.",
      'no-permission',
    ],
    [
      "ERR The user executing the script can't access at least one of the keys mentioned in the command arguments",
      'no-permission',
    ],
    ["OOM command not allowed when used memory > 'maxmemory'.", 'out-of-memory'],
    ['READONLY You can not write against a read only replica.', 'readonly'],
    ['BUSY Redis is busy running a script.', 'busy-script'],
  ])('%s', (message, condition) => {
    expect(conditionOf(message)).toBe(condition);
  });

  it('is not taken for a condition because of a word further on', () => {
    expect(conditionOf('ERR value of order BUSY is not an integer')).toBe('unexpected');
    expect(conditionOf("ERR unknown command 'LOADING'")).toBe('unexpected');
  });

  it('keeps no argument of an unknown command', () => {
    const { message } = fromServerReply(
      "ERR unknown command 'EVALSHA', with args beginning with: 'secret'",
      'x',
    );
    expect(message).not.toContain('secret');
  });
});
