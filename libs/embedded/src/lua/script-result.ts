/** Turns what a script returned into a reply, by the rules of Redis. */
import { joined, type Bytes } from '../bytes.js';
import { ErrorReply, Status, type Reply } from '../reply.js';
import type { LuaStack } from './lua-stack.js';
import { LUA } from './lua-wasm.js';

/** No reply nests deeper; a table that holds itself does. */
const MOST_LEVELS = 200;
const TOO_DEEP = new ErrorReply(joined('ERR reached lua stack limit'));
/** Where a double does not fit a 64-bit integer, C on x86 and ARM gives the least one. */
const INT64 = 2 ** 63;

/** Reads the value on top and removes it. Fractions are cut off, `true` is 1, `false` is nothing. */
export function takeResult(stack: LuaStack, level = 0): Reply {
  const reply = resultAt(stack, level);
  stack.top -= 1;
  return reply;
}

function resultAt(stack: LuaStack, level: number): Reply {
  const index = stack.top;
  switch (stack.typeAt(index)) {
    case LUA.string:
      return stack.bytesAt(index);
    case LUA.number:
      return toInteger(stack.numberAt(index));
    case LUA.boolean:
      return stack.booleanAt(index) ? 1 : null;
    case LUA.table:
      return level < MOST_LEVELS && stack.reserve(4) ? tableAt(stack, level) : TOO_DEEP;
    default:
      return null;
  }
}

/** A table with `err` or `ok` is an error or a status; any other is a list that ends at its first hole. */
function tableAt(stack: LuaStack, level: number): Reply {
  const index = stack.top;
  if (stack.pushFieldOf(index, 'err') === LUA.string) return new ErrorReply(takeLine(stack));
  stack.top -= 1;
  if (stack.pushFieldOf(index, 'ok') === LUA.string) return new Status(takeLine(stack));
  stack.top -= 1;
  const items: Reply[] = [];
  while (stack.pushItemOf(index, items.length + 1) !== LUA.nil) items.push(takeResult(stack, level + 1));
  stack.top -= 1;
  return items;
}

function toInteger(value: number): number {
  return value >= -INT64 && value < INT64 ? Math.trunc(value) : -INT64;
}

/** A status and an error are one line: line breaks would end it on the wire. */
function takeLine(stack: LuaStack): Bytes {
  const text = stack.bytesAt(stack.top);
  stack.top -= 1;
  return joined(text.replace(/[\r\n]/g, ' '));
}
