/**
 * A script call as a command of ioredis. A batch has hundreds of arguments, which ioredis would copy, check and measure
 * one by one: four times the work of letting the call spell itself.
 */
import { Command, Redis } from 'ioredis';
import { bulk } from './resp.js';
import type { ScriptCall, SpelledCall } from './script-host.js';

/** Writes the call, by digest or with its source; resolves to what the server answered. */
export function writeScript(client: Redis, verb: 'evalsha' | 'eval', call: ScriptCall): Promise<unknown> {
  const script = verb === 'eval' ? call.script.source : call.script.sha1;
  // A client of another copy of ioredis may want other commands than ours.
  if (!isOurs(client)) return client.call(verb, [script, call.keys.length, ...call.keys, ...call.args]);
  const command = new ScriptCommand(verb, script, call);
  client.sendCommand(command);
  return command.promise;
}

function isOurs(client: object): boolean {
  return client instanceof Redis;
}

class ScriptCommand extends Command {
  readonly #script: string;
  readonly #call: ScriptCall;

  constructor(verb: 'evalsha' | 'eval', script: string, call: ScriptCall) {
    super(verb, [], { replyEncoding: 'utf8' });
    this.#script = script;
    this.#call = call;
  }

  /** Asked for when it is written. Text that is not well-formed becomes what any client sends for it. */
  override toWritable(): string {
    const { keyCount, argCount, bulks } = this.#call.spell?.() ?? spell(this.#call);
    const head = bulk(this.name) + bulk(this.#script) + bulk(keyCount);
    return `*${3 + keyCount + argCount}\r\n${head}${bulks}`;
  }
}

function spell({ keys, args }: ScriptCall): SpelledCall {
  const bulks = keys.map(bulk).join('') + args.map(bulk).join('');
  return { keyCount: keys.length, argCount: args.length, bulks };
}
