import { setLogEventListeners } from 'mediasoup';

/** Hands what mediasoup and its workers have to say to a logger. One for the whole process. */
export function forwardMediaLog(log: (level: 'warn' | 'error', message: string) => void): void {
  setLogEventListeners({
    onwarn: (namespace, message) => log('warn', `${namespace} ${message}`),
    onerror: (namespace, message, error) =>
      log('error', `${namespace} ${message}${error === undefined ? '' : `: ${error.message}`}`),
  });
}
