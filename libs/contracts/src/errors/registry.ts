import { clientErrors } from './client-errors.js';
import { managementErrors } from './management-errors.js';

/** Every error of the system. */
export const errorRegistry = { ...clientErrors, ...managementErrors };

export type ErrorName = keyof typeof errorRegistry;

const namesByCode = new Map<number, ErrorName>(
  Object.entries(errorRegistry).map(([name, spec]) => [spec.code, name as ErrorName]),
);

/** The name of a code, or undefined if the registry has no such code. */
export function findErrorName(code: number): ErrorName | undefined {
  return namesByCode.get(code);
}
