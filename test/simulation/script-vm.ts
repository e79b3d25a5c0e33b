/** The one Lua VM of this process: it outlives the servers of all seeds, which take turns in executing its commands. */
import type { Bytes } from '../../libs/embedded/src/bytes.js';
import { LuaVm, type ScriptRun } from '../../libs/embedded/src/lua/lua-vm.js';
import type { Reply } from '../../libs/embedded/src/reply.js';

/** Executes the commands of a script. */
export interface Executor {
  execute(words: readonly Bytes[]): Reply;
}

export class ScriptVm {
  readonly #vm: LuaVm;
  readonly #slot: { executor: Executor | undefined };

  private constructor(vm: LuaVm, slot: { executor: Executor | undefined }) {
    this.#vm = vm;
    this.#slot = slot;
  }

  static async start(): Promise<ScriptVm> {
    const slot: { executor: Executor | undefined } = { executor: undefined };
    const vm = await LuaVm.create((words) => {
      if (slot.executor === undefined) throw new Error('a script runs on no server');
      return slot.executor.execute(words);
    });
    return new ScriptVm(vm, slot);
  }

  run(script: ScriptRun, executor: Executor): Reply {
    this.#slot.executor = executor;
    return this.#vm.run(script);
  }
}
