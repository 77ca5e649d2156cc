import { IsokvError } from '../errors.ts';
import { isThenable } from './check-arguments.ts';

/**
 * Any Standard Schema validator (zod, valibot, arktype and others).
 * Source: the Standard Schema specification, version 1, https://standardschema.dev
 */
export interface StandardSchema<Input = unknown, Output = Input> {
  readonly '~standard': {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => SchemaResult<Output> | Promise<SchemaResult<Output>>;
    readonly types?: { readonly input: Input; readonly output: Output } | undefined;
  };
}

export type SchemaResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly SchemaIssue[] };

export interface SchemaIssue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

/** @returns the value as the schema gives it back. @throws SCHEMA with the paths of what does not validate */
export function validate(schema: StandardSchema, value: unknown): unknown {
  const result = schema['~standard'].validate(value);
  if (isThenable(result)) {
    throw new IsokvError('SCHEMA', 'a schema must validate synchronously');
  }
  if (!result.issues) return result.value;
  const problems = result.issues.map(({ message, path = [] }) => {
    const names = path.map((part) => String(typeof part === 'object' ? part.key : part));
    return `${['value', ...names].join('.')}: ${message}`;
  });
  throw new IsokvError('SCHEMA', problems.join('; '), { cause: result.issues });
}
