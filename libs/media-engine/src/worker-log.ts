import { setLogEventListeners } from 'mediasoup';

/** Forwards the log of mediasoup and its workers to a logger. Applies to the whole process. */
export function forwardMediaLog(log: (level: 'warn' | 'error', message: string) => void): void {
  setLogEventListeners({
    onwarn: (namespace, message) => log('warn', `${namespace} ${message}`),
    onerror: (namespace, message, error) =>
      log('error', `${namespace} ${message}${error === undefined ? '' : `: ${error.message}`}`),
  });
}
