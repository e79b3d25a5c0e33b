/** The raw Lua 5.1 C API as the WebAssembly build exports it: everything `wasmoon-lua5.1` is used for. */
import { LuaApi } from 'wasmoon-lua5.1';

/** Address of a `lua_State` or of bytes in the memory of the VM. */
export type Pointer = number;

/**
 * Only what we call. The package types its module by a file that it does not ship, so the shape is written down here.
 * Its own conversions are left alone: they read texts as UTF-8 up to the first NUL, and Redis texts are bytes.
 */
export interface LuaWasm {
  /** Looked up anew at each use: the array is replaced when the memory grows. */
  readonly HEAPU8: Uint8Array;
  readonly HEAPU32: Uint32Array;
  addFunction(body: (state: Pointer) => number, signature: 'ii'): Pointer;
  _malloc(size: number): Pointer;
  _free(at: Pointer): void;
  _luaL_newstate(): Pointer;
  _luaL_openlibs(state: Pointer): void;
  _luaL_loadbuffer(state: Pointer, source: Pointer, size: number, name: Pointer): number;
  _luaL_ref(state: Pointer, table: number): number;
  _lua_checkstack(state: Pointer, slots: number): number;
  _lua_createtable(state: Pointer, items: number, fields: number): void;
  _lua_gettop(state: Pointer): number;
  _lua_pcall(state: Pointer, args: number, results: number, handler: number): number;
  _lua_pushboolean(state: Pointer, value: number): void;
  _lua_pushcclosure(state: Pointer, body: Pointer, upvalues: number): void;
  _lua_pushlstring(state: Pointer, at: Pointer, size: number): void;
  _lua_pushnumber(state: Pointer, value: number): void;
  _lua_pushvalue(state: Pointer, index: number): void;
  _lua_rawget(state: Pointer, index: number): void;
  _lua_rawgeti(state: Pointer, index: number, item: number): void;
  _lua_rawset(state: Pointer, index: number): void;
  _lua_rawseti(state: Pointer, index: number, item: number): void;
  _lua_setfenv(state: Pointer, index: number): number;
  _lua_settop(state: Pointer, index: number): void;
  _lua_toboolean(state: Pointer, index: number): number;
  _lua_tolstring(state: Pointer, index: number, size: Pointer): Pointer;
  _lua_tonumber(state: Pointer, index: number): number;
  _lua_type(state: Pointer, index: number): number;
}

/** Table of values that only the host side can reach (`LUA_REGISTRYINDEX`). */
export const REGISTRY = -10_000;

/** The kinds of values that cross between Lua and us; `lua_type` knows more, which no reply can hold. */
export const LUA = { nil: 0, boolean: 1, number: 3, string: 4, table: 5 } as const;

/** Makes a VM with a memory of its own. It holds no timer and no handle, so nothing needs closing: it is collected. */
export async function loadLua(): Promise<LuaWasm> {
  const api = await LuaApi.initialize();
  return api.module;
}
