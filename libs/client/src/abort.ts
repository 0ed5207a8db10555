import { illegalArgument } from './arguments.js';
import { PolyroomError } from './polyroom-error.js';

/** Runs a call that ends with the signal: `undo` ends its intent, and the call rejects at once. */
export async function abortable<T>(
  signal: AbortSignal | undefined,
  start: () => Promise<T>,
  undo: () => Promise<unknown>,
): Promise<T> {
  if (signal === undefined) {
    return start();
  }
  if (typeof signal.addEventListener !== 'function') {
    throw illegalArgument('options.signal', 'expected an AbortSignal');
  }
  if (signal.aborted) {
    throw PolyroomError.of('CALL_ABORTED');
  }
  const work = start();
  return new Promise<T>((resolve, reject) => {
    const abort = (): void => {
      reject(PolyroomError.of('CALL_ABORTED'));
      undo().catch(() => undefined);
    };
    signal.addEventListener('abort', abort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
