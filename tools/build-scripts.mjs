// Writes libs/core/src/redis/scripts.generated.ts from lua/, so that bundlers and packages see plain strings.
// With --check it only compares, and exits 1 when the committed module is stale.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { readScripts } from './lua-scripts.mjs';

const at = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));
const TARGET = 'libs/core/src/redis/scripts.generated.ts';

const camel = (name) => name.replace(/[/_](\w)/g, (_, letter) => letter.toUpperCase());
const quoted = (names) => `[${names.map((entry) => `'${entry.name}'`).join(', ')}]`;
const literal = (source) => `\`${source.replace(/[\\`]|\$\{/g, '\\$&')}\``;

function render(script) {
  const batch = script.eachKeys.length > 0;
  const shape = batch
    ? `  eachKeys: ${quoted(script.eachKeys)},\n  eachArgs: ${quoted(script.eachArgs)},`
    : `  keys: ${quoted(script.keys)},\n  args: ${quoted(script.args)},`;
  return `/**
 * ${script.summary}
 *
 * Reply: ${script.reply}
 */
export const ${camel(script.name)} = {
  name: '${script.name}',
  sha1: '${script.sha1}',
${shape}
  source: ${literal(script.source)},
} as const satisfies ${batch ? 'BatchScript' : 'Script'};
`;
}

const scripts = readScripts(at('lua'));
const module = `// Generated from lua/ by tools/build-scripts.mjs; change the .lua files and run \`npm run build:scripts\`.
import type { BatchScript, Script } from './script.js';

${scripts.map(render).join('\n')}
/** All of them, for loading at connect and for tests. */
export const allScripts = [${scripts.map((script) => camel(script.name)).join(', ')}] as const;
`;

if (process.argv.includes('--check')) {
  if (readFileSync(at(TARGET), 'utf8') !== module) {
    console.error(`${TARGET} is stale: run npm run build:scripts`);
    process.exit(1);
  }
} else {
  writeFileSync(at(TARGET), module);
}
