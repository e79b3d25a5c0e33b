// The hook of load.mjs. What is required from within Nest 11 finds Nest 11 without help.
const HERE = new URL('./', import.meta.url).href;

export async function resolve(specifier, context, next) {
  if (!specifier.startsWith('@nestjs/')) return next(specifier, context);
  const found = await next(specifier, { ...context, parentURL: import.meta.url });
  if (found.url.startsWith(HERE)) return found;
  throw new Error(`${specifier} is missing in Nest 11; run npm ci`);
}
