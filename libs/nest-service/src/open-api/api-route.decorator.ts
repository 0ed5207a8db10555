import { applyDecorators } from '@nestjs/common';
import { ApiExtension, ApiHeader, ApiOperation, ApiResponse } from '@nestjs/swagger';
import { type ErrorName } from '@polyroom/contracts';
import { type z } from 'zod';

/** Extension of an operation that lists its errors until `describeRest` turns them into replies. */
export const errorsExtension = 'x-errors';

/** The reply and errors of a route; an RPC contract has both. */
export interface RouteContract {
  reply: z.ZodType;
  errors: readonly ErrorName[];
}

/**
 * Describes a REST route in the OpenAPI document. Errors of the guard, of the bus and of the path's arguments
 * are added by `describeRest`.
 */
export function ApiRoute(summary: string, { reply, errors }: RouteContract, status = 200): MethodDecorator {
  return applyDecorators(
    ApiOperation({ summary }),
    ApiResponse({ status, description: 'Success', standardSchema: reply }),
    ApiErrors(...errors),
  );
}

/** Errors of a route whose reply is described by other decorators. */
export function ApiErrors(...errors: ErrorName[]): MethodDecorator {
  return ApiExtension(errorsExtension, errors);
}

/** A header of the request that is not required. */
export function ApiOptionalHeader(name: string, description: string, pattern?: string): MethodDecorator {
  return ApiHeader({
    name,
    description,
    required: false,
    schema: { type: 'string', ...(pattern === undefined ? {} : { pattern }) },
  });
}
