import { illegalArgument } from './arguments.js';
import { PolyroomError } from './polyroom-error.js';

/** Takes the function that ends the intent of a call. Not called if the call is refused before it has an intent. */
export type OnIntent = (end: () => Promise<unknown>) => void;

/** Runs a call that ends with the signal: it rejects at once, and the intent that it created ends. */
export async function abortable<T>(
  signal: AbortSignal | undefined,
  start: (onIntent?: OnIntent) => Promise<T>,
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
  let endIntent: (() => Promise<unknown>) | undefined;
  const end = (): void => void endIntent?.().catch(() => undefined);
  const work = start((given) => {
    endIntent = given;
    // A call that waits before it has an intent may be aborted earlier.
    if (signal.aborted) {
      end();
    }
  });
  return new Promise<T>((resolve, reject) => {
    const abort = (): void => {
      reject(PolyroomError.of('CALL_ABORTED'));
      end();
    };
    signal.addEventListener('abort', abort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
