import { type ArgumentMetadata, type PipeTransform } from '@nestjs/common';
import { type ErrorName, parseArgument, parseOrThrow } from '@polyroom/contracts';
import { z } from 'zod';

/** Errors of schemas whose invalid values have a code of their own. */
const ownErrors = z.registry<{ errorName: ErrorName }>();

/** Marks a schema: an invalid value throws this error, unless the violated rule names another one. */
export function failsWith<S extends z.ZodType>(errorName: ErrorName, schema: S): S {
  ownErrors.add(schema, { errorName });
  return schema;
}

/**
 * Validates the arguments of REST handlers by the Zod schema of their decorator: `@Body({ schema })`,
 * `@Param({ schema })`, `@Query({ schema })`. Throws the AppError of the violated rule, which names the
 * argument. Nest's StandardSchemaValidationPipe would lose the codes.
 *
 * If several arguments are invalid, the last parameter of the handler is reported: Nest runs pipes in the
 * order in which decorators are applied. Handlers therefore take the path last.
 */
export class ZodPipe implements PipeTransform {
  transform(value: unknown, { schema, data }: ArgumentMetadata): unknown {
    if (!(schema instanceof z.ZodType)) {
      return value;
    }
    return data === undefined
      ? parseOrThrow(schema, value, ownErrors.get(schema)?.errorName)
      : parseArgument(data, schema, value);
  }
}
