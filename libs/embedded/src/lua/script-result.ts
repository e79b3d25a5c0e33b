/** Turns what a script returned into a reply, by the rules of Redis. */
import { joined, type Bytes } from '../bytes.js';
import { ErrorReply, Status, type Reply } from '../reply.js';
import type { LuaStack } from './lua-stack.js';
import { LUA } from './lua-wasm.js';

const TOO_DEEP = new ErrorReply(joined('ERR reached lua stack limit'));

/** Reads the value on top and removes it. Fractions are cut off, `true` is 1, `false` is nothing. */
export function takeResult(stack: LuaStack): Reply {
  const reply = resultAt(stack, stack.top);
  stack.top -= 1;
  return reply;
}

function resultAt(stack: LuaStack, index: number): Reply {
  switch (stack.typeAt(index)) {
    case LUA.string:
      return stack.bytesAt(index);
    case LUA.number:
      return Math.trunc(stack.numberAt(index));
    case LUA.boolean:
      return stack.booleanAt(index) ? 1 : null;
    case LUA.table:
      return tableAt(stack, index);
    default:
      return null;
  }
}

/** A table with `err` or `ok` is an error or a status; any other is a list that ends at its first hole. */
function tableAt(stack: LuaStack, index: number): Reply {
  if (!stack.reserve(4)) return TOO_DEEP;
  if (stack.pushFieldOf(index, 'err') === LUA.string) return new ErrorReply(takeLine(stack));
  stack.top -= 1;
  if (stack.pushFieldOf(index, 'ok') === LUA.string) return new Status(takeLine(stack));
  stack.top -= 1;
  const items: Reply[] = [];
  while (stack.pushItemOf(index, items.length + 1) !== LUA.nil) items.push(takeResult(stack));
  stack.top -= 1;
  return items;
}

/** A status and an error are one line: line breaks would end it on the wire. */
function takeLine(stack: LuaStack): Bytes {
  const text = stack.bytesAt(stack.top);
  stack.top -= 1;
  return joined(text.replace(/[\r\n]/g, ' '));
}
