/**
 * Runs scripts in a Lua 5.1 VM. Each script is compiled once and kept; a run sets KEYS and ARGV, calls it, and reads
 * what it returned. Commands of the script come back to us synchronously, so a script is atomic by nature.
 */
import { createHash } from 'node:crypto';
import { joined, toBytes, type Bytes } from '../bytes.js';
import { formatNumber } from '../commands/numbers.js';
import { ErrorReply, type Reply } from '../reply.js';
import { isWord, LuaStack, Scratch } from './lua-stack.js';
import { loadLua, LUA, REGISTRY, type LuaWasm, type Pointer } from './lua-wasm.js';
import { SANDBOX } from './sandbox.js';
import { takeResult } from './script-result.js';
import { WIDE_NUMBERS } from './wide-numbers.js';

/** Executes the words of a command that a script called. */
export type Dispatch = (words: readonly Bytes[]) => Reply;

/** One run of a script. */
export interface ScriptRun {
  readonly source: string;
  readonly sha1: string;
  readonly keys: readonly Bytes[];
  readonly args: readonly Bytes[];
}

const NO_WORDS = new ErrorReply(toBytes('ERR Please specify at least one argument for this redis lib call'));
const BAD_WORD = new ErrorReply(toBytes('ERR Lua redis lib command arguments must be strings or integers'));
const [ON_ERROR, FIRST_ARGUMENT] = [1, 1];

export class LuaVm {
  readonly #wasm: LuaWasm;
  readonly #scratch: Scratch;
  readonly #main: LuaStack;
  readonly #chunkName: Pointer;
  readonly #references: { globals: number; environment: number; onError: number };
  /** By source: whoever gives a wrong digest must not get another script. */
  readonly #compiled = new Map<string, number>();

  private constructor(wasm: LuaWasm, dispatch: Dispatch) {
    this.#wasm = wasm;
    this.#scratch = new Scratch(wasm);
    this.#main = new LuaStack(this.#scratch, wasm._luaL_newstate());
    this.#chunkName = this.#keep('@user_script\0');
    wasm._luaL_openlibs(this.#main.state);
    this.#references = this.#openSandbox(dispatch);
  }

  /** Starts a VM whose scripts call `dispatch` for their commands. */
  static async create(dispatch: Dispatch): Promise<LuaVm> {
    return new LuaVm(await loadLua(), dispatch);
  }

  /** Runs a script to its end. Whatever goes wrong is an {@link ErrorReply}. */
  run(script: ScriptRun): Reply {
    this.#main.top = 0;
    this.#pushReference(this.#references.onError);
    const compiled = this.#compile(script.source);
    if (compiled instanceof ErrorReply) return compiled;
    this.#setGlobals({ KEYS: script.keys, ARGV: script.args });
    this.#pushReference(compiled);
    const failed = this.#wasm._lua_pcall(this.#main.state, 0, 1, ON_ERROR) !== 0;
    return failed ? this.#failure(script.sha1) : takeResult(this.#main);
  }

  #compile(source: string): number | ErrorReply {
    const known = this.#compiled.get(source);
    if (known !== undefined) return known;
    if (!this.#load(toBytes(source), this.#chunkName)) {
      return new ErrorReply(joined(`ERR Error compiling script (new function): ${this.#main.bytesAt(-1)}`));
    }
    this.#pushReference(this.#references.environment);
    this.#wasm._lua_setfenv(this.#main.state, -2);
    const reference = this.#reference();
    this.#compiled.set(source, reference);
    return reference;
  }

  /** Leaves the function, or the message why there is none, on the stack. */
  #load(source: Bytes, name: Pointer): boolean {
    const at = this.#scratch.hold(source);
    return this.#wasm._luaL_loadbuffer(this.#main.state, at, source.length, name) === 0;
  }

  #setGlobals(lists: Readonly<Record<string, readonly Bytes[]>>): void {
    this.#pushReference(this.#references.globals);
    for (const [name, items] of Object.entries(lists)) {
      this.#main.pushBytes(toBytes(name));
      this.#main.pushList(items);
      this.#wasm._lua_rawset(this.#main.state, -3);
    }
    this.#main.top -= 1;
  }

  /** The handler left `{ err, line }`; Redis tells both, and the script. */
  #failure(sha1: string): ErrorReply {
    const at = this.#main.top;
    if (this.#main.typeAt(at) !== LUA.table) return new ErrorReply(toBytes('ERR the embedded Lua VM failed'));
    this.#main.pushFieldOf(at, 'err');
    const message = this.#main.bytesAt(-1);
    if (this.#main.pushFieldOf(at, 'line') !== LUA.number) return new ErrorReply(message);
    const line = this.#main.numberAt(-1);
    return new ErrorReply(joined(`${message} script: ${sha1}, on @user_script:${line}.`));
  }

  #openSandbox(dispatch: Dispatch): { globals: number; environment: number; onError: number } {
    const name = this.#keep('@sandbox\0');
    const ready =
      this.#load(toBytes(WIDE_NUMBERS), name) && this.#wasm._lua_pcall(this.#main.state, 0, 0, 0) === 0;
    if (!ready || !this.#load(toBytes(SANDBOX), name)) throw this.#broken();
    this.#pushFunction((stack) => {
      const reply = this.#dispatch(stack, dispatch);
      stack.pushReply(reply);
      stack.pushBoolean(reply instanceof ErrorReply);
      return 2;
    });
    this.#pushFunction((stack) => {
      stack.pushBytes(
        toBytes(createHash('sha1').update(stack.bytesAt(FIRST_ARGUMENT), 'latin1').digest('hex')),
      );
      return 1;
    });
    if (this.#wasm._lua_pcall(this.#main.state, 2, 3, 0) !== 0) throw this.#broken();
    const onError = this.#reference();
    const environment = this.#reference();
    return { onError, environment, globals: this.#reference() };
  }

  #dispatch(stack: LuaStack, dispatch: Dispatch): Reply {
    const count = stack.top;
    if (count === 0) return NO_WORDS;
    const words: Bytes[] = [];
    for (let index = FIRST_ARGUMENT; index <= count; index += 1) {
      const type = stack.typeAt(index);
      if (!isWord(type)) return BAD_WORD;
      words.push(type === LUA.number ? formatNumber(stack.numberAt(index)) : stack.bytesAt(index));
    }
    return dispatch(words);
  }

  #pushFunction(body: (stack: LuaStack) => number): void {
    const pointer = this.#wasm.addFunction((state) => body(new LuaStack(this.#scratch, state)), 'ii');
    this.#wasm._lua_pushcclosure(this.#main.state, pointer, 0);
  }

  /** Takes the value on top into the registry, where scripts cannot reach it. */
  #reference(): number {
    return this.#wasm._luaL_ref(this.#main.state, REGISTRY);
  }

  #pushReference(reference: number): void {
    this.#wasm._lua_rawgeti(this.#main.state, REGISTRY, reference);
  }

  /** A text that stays where it is for as long as the VM lives. */
  #keep(text: string): Pointer {
    const at = this.#wasm._malloc(text.length);
    for (let i = 0; i < text.length; i += 1) this.#wasm.HEAPU8[at + i] = text.charCodeAt(i);
    return at;
  }

  #broken(): Error {
    return new Error(`the embedded Lua VM does not start: ${this.#main.bytesAt(-1)}`);
  }
}
