/** Moves values between JavaScript and the stack of a Lua state. Texts cross as bytes, NUL included. */
import { bytesAt, toBytes, type Bytes } from '../bytes.js';
import { ErrorReply, Status, type Reply } from '../reply.js';
import { LUA, type LuaWasm, type Pointer } from './lua-wasm.js';

/** A piece of the VM's memory that texts pass through. Never shrinks; a text that is longer makes it grow. */
export class Scratch {
  readonly wasm: LuaWasm;
  /** Where `lua_tolstring` writes a length. */
  readonly lengthAt: Pointer;
  #at: Pointer;
  #size = 4_096;

  constructor(wasm: LuaWasm) {
    this.wasm = wasm;
    this.lengthAt = wasm._malloc(4);
    this.#at = wasm._malloc(this.#size);
  }

  /** Copies bytes there. They stay until the next call. */
  hold(bytes: Bytes): Pointer {
    if (bytes.length > this.#size) {
      this.wasm._free(this.#at);
      this.#size = bytes.length * 2;
      this.#at = this.wasm._malloc(this.#size);
      if (this.#at === 0) throw new Error('the Lua VM is out of memory');
    }
    const memory = this.wasm.HEAPU8;
    for (let i = 0; i < bytes.length; i += 1) memory[this.#at + i] = bytes.charCodeAt(i);
    return this.#at;
  }
}

/** The stack of one Lua state: the main one, or that of a coroutine which calls us. */
export class LuaStack {
  readonly #scratch: Scratch;
  readonly #wasm: LuaWasm;
  readonly state: Pointer;

  constructor(scratch: Scratch, state: Pointer) {
    this.#scratch = scratch;
    this.#wasm = scratch.wasm;
    this.state = state;
  }

  get top(): number {
    return this.#wasm._lua_gettop(this.state);
  }

  set top(index: number) {
    this.#wasm._lua_settop(this.state, index);
  }

  typeAt(index: number): number {
    return this.#wasm._lua_type(this.state, index);
  }

  numberAt(index: number): number {
    return this.#wasm._lua_tonumber(this.state, index);
  }

  booleanAt(index: number): boolean {
    return this.#wasm._lua_toboolean(this.state, index) !== 0;
  }

  /** The bytes of a text. Only for texts: Lua would turn a number into a text where it lies. */
  bytesAt(index: number): Bytes {
    const at = this.#wasm._lua_tolstring(this.state, index, this.#scratch.lengthAt);
    const length = this.#wasm.HEAPU32[this.#scratch.lengthAt >> 2] ?? 0;
    return bytesAt(this.#wasm.HEAPU8, at, length);
  }

  pushBytes(bytes: Bytes): void {
    this.#wasm._lua_pushlstring(this.state, this.#scratch.hold(bytes), bytes.length);
  }

  pushBoolean(value: boolean): void {
    this.#wasm._lua_pushboolean(this.state, value ? 1 : 0);
  }

  /** Pushes a list of texts as a table. */
  pushList(items: readonly Bytes[]): void {
    this.#pushTable(items, (item) => this.pushBytes(item));
  }

  /** Pushes a reply as `redis.call` returns it: nothing is `false`, a status and an error are tables. */
  pushReply(reply: Reply): void {
    if (reply === null) this.pushBoolean(false);
    else if (typeof reply === 'number') this.#wasm._lua_pushnumber(this.state, reply);
    else if (typeof reply === 'string') this.pushBytes(reply);
    else if (reply instanceof Status) this.#pushField('ok', reply.text);
    else if (reply instanceof ErrorReply) this.#pushField('err', reply.message);
    else this.#pushTable(reply, (item) => this.pushReply(item));
  }

  /** Pushes the field of the table at `index`, past metatables, and tells its type. */
  pushFieldOf(index: number, field: string): number {
    this.pushBytes(toBytes(field));
    this.#wasm._lua_rawget(this.state, index);
    return this.typeAt(-1);
  }

  /** Pushes an item of the list at `index`, past metatables, and tells its type. */
  pushItemOf(index: number, item: number): number {
    this.#wasm._lua_rawgeti(this.state, index, item);
    return this.typeAt(-1);
  }

  /** Makes room for more values; `false` if the stack can't grow that far. */
  reserve(slots: number): boolean {
    return this.#wasm._lua_checkstack(this.state, slots) !== 0;
  }

  #pushTable<T>(items: readonly T[], push: (item: T) => void): void {
    this.#wasm._lua_createtable(this.state, items.length, 0);
    items.forEach((item, at) => {
      push(item);
      this.#wasm._lua_rawseti(this.state, -2, at + 1);
    });
  }

  #pushField(field: string, value: Bytes): void {
    this.#wasm._lua_createtable(this.state, 0, 1);
    this.pushBytes(toBytes(field));
    this.pushBytes(value);
    this.#wasm._lua_rawset(this.state, -3);
  }
}

/** Whether a value of this type is a text or a number, which Lua turns into each other. */
export function isWord(type: number): boolean {
  return type === LUA.string || type === LUA.number;
}
