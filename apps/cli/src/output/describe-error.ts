import { ArgumentError, RestConnectionError, RestError } from '@polyroom/server-sdk';
import { CommanderError } from 'commander';
import { cures } from './cures.js';
import { exitCodes, Failure, UsageError } from './failure.js';
import { printable } from './printable.js';

/** An error of `@polyroom/sdk`, which is loaded only by commands that connect. */
interface SdkError {
  name: 'PolyroomError';
  code: number;
  errorName: string;
  message: string;
}

/** Any error as a failure that can be shown. An error that no part of the program expects keeps its message only. */
export function toFailure(error: unknown): Failure {
  if (error instanceof Failure) {
    return error;
  }
  if (error instanceof RestError) {
    const { code, errorName, message, status } = error;
    const cure =
      errorName === undefined ? `HTTP ${status} is not from a gateway: check --url` : cures[errorName];
    return new Failure(message, { code, errorName, cure });
  }
  if (error instanceof RestConnectionError) {
    return new Failure(`the server does not answer: ${reasonOf(error.cause)}`, {
      cure: 'check --url, then run polyroom doctor',
    });
  }
  if (error instanceof ArgumentError) {
    const { code, message } = error;
    return new Failure(message, { code, exitCode: exitCodes.usage });
  }
  if (isSdkError(error)) {
    const { code, errorName, message } = error;
    return new Failure(message, { code, errorName, cure: cures[errorName] });
  }
  if (error instanceof CommanderError) {
    return new UsageError(describeUsage(error.message));
  }
  return new Failure(error instanceof Error ? error.message : String(error));
}

/** One line: `polyroom: 1002037 NAME: what is wrong. Cure: what to do.` */
export function describeFailure({ code, cure, errorName, message }: Failure): string {
  const subject = [code, errorName].filter((part) => part !== undefined).join(' ');
  const text = [
    'polyroom:',
    ...(subject === '' ? [] : [`${subject}:`]),
    `${message.replace(/\.$/, '')}.`,
    ...(cure === undefined ? [] : [`Cure: ${cure}.`]),
  ].join(' ');
  return printable(text);
}

/** Commander's message in one line, without values: a user may have given a secret as an argument. */
function describeUsage(message: string): string {
  return message
    .replace(/^error: /, '')
    .replace(/(unknown option '[^'=]*)=[^']*/, '$1')
    .replace(/(but got \d+): .*$/s, '$1')
    .replaceAll('\n', ' ');
}

function isSdkError(error: unknown): error is SdkError {
  return error instanceof Error && error.name === 'PolyroomError';
}

/** `fetch` reports "fetch failed", with the reason as its cause. */
export function reasonOf(error: unknown): string {
  const { cause, code, message } = Object(error) as { cause?: unknown; code?: unknown; message?: unknown };
  if (cause !== undefined) {
    return reasonOf(cause);
  }
  // Most messages contain the code.
  const texts = [code, message].filter((part): part is string => typeof part === 'string' && part !== '');
  const parts = texts.filter((text, index) => index > 0 || !texts[1]?.includes(text));
  return parts.length === 0 ? String(error) : parts.join(', ');
}
