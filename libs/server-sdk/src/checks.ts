import { type CallerText, type ErrorName, errorRegistry, findTextError } from '@polyroom/contracts';
import { ArgumentError } from './argument-error.js';

/** The error of an argument, with the code of the registry. */
export function refusal(
  argument: string,
  problem: string,
  errorName: ErrorName = 'COMMON_ILLEGAL_PARAM',
): ArgumentError {
  return new ArgumentError(argument, problem, errorRegistry[errorName].code);
}

/** Throws unless `value` is an object with no other keys: a misspelt option would be ignored otherwise. */
export function assertObject(argument: string, value: unknown, keys: readonly string[]): void {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw refusal(argument, 'must be an object');
  }
  const unknown = Object.keys(value).find((key) => !keys.includes(key));
  if (unknown !== undefined) {
    const path = argument === 'options' ? unknown : `${argument}.${unknown}`;
    throw refusal(path, `is unknown; there are ${keys.join(', ')}`);
  }
}

export function assertInteger(
  argument: string,
  value: unknown,
  bounds: { min: number; max: number },
  note = '',
): void {
  if (!Number.isInteger(value) || Number(value) < bounds.min || Number(value) > bounds.max) {
    throw refusal(argument, `must be a whole number from ${bounds.min} to ${bounds.max}${note}`);
  }
}

/** Throws unless `value` is an ID as the servers accept it. */
export function assertId(kind: CallerText, argument: string, value: unknown): void {
  const errorName = findTextError(kind, value);
  if (errorName !== undefined) {
    throw refusal(argument, errorRegistry[errorName].summary, errorName);
  }
}

/** Throws unless `value` is a list with at least one entry. `advice` names what an empty list may have meant. */
export function assertFilledList(
  argument: string,
  value: unknown,
  advice: string,
): asserts value is readonly unknown[] {
  if (!Array.isArray(value) || value.length === 0) {
    throw refusal(argument, `must be a list with at least one entry; ${advice}`);
  }
}

export function assertString(argument: string, value: unknown): asserts value is string {
  if (typeof value !== 'string' || value === '') {
    throw refusal(argument, 'must be a string that is not empty');
  }
}
