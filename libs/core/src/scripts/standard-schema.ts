/**
 * What a schema library has to offer to check arguments and replies of scripts: Standard Schema, version 1
 * (https://standardschema.dev), which Zod, Valibot, ArkType and others implement. Only what is used of it.
 */
export interface Schema<Input, Output> {
  readonly '~standard': {
    readonly version: 1;
    readonly validate: (value: unknown) => SchemaResult<Output> | Promise<SchemaResult<Output>>;
    /** Never there: for the compiler only. */
    readonly types?: { readonly input: Input; readonly output: Output } | undefined;
  };
}

/** What came of it: a value, or what is wrong with it. */
export type SchemaResult<Output> =
  { readonly value: Output; readonly issues?: undefined } | { readonly issues: readonly SchemaIssue[] };

/** Something that is wrong, and where. */
export interface SchemaIssue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

/** In a sentence that begins with where it is. */
export function issueText(what: string, { message, path = [] }: SchemaIssue): string {
  const at = path.map((step) => String(typeof step === 'object' ? step.key : step));
  return `${[what, ...at].join('.')}: ${message}`;
}
