/** What a Lua script of `lua/` looks like to TypeScript; `scripts.generated.ts` holds one value of this type for each. */

/** Keys and arguments that are given once, by name. */
export interface Script<Key extends string = string, Arg extends string = string> {
  /** `folder/file` below `lua/`. */
  readonly name: string;
  readonly sha1: string;
  readonly source: string;
  readonly keys: readonly Key[];
  readonly args: readonly Arg[];
}

/** A script that does the same thing for many members in one call: each member brings these keys and arguments. */
export interface BatchScript<Key extends string = string, Arg extends string = string> {
  readonly name: string;
  readonly sha1: string;
  readonly source: string;
  readonly eachKeys: readonly Key[];
  readonly eachArgs: readonly Arg[];
}
