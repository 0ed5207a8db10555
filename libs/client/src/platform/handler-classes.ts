import { type HandlerFactory } from './platform.js';

/** The WebRTC classes that a handler of mediasoup-client needs. */
export interface WebRtcClasses {
  RTCPeerConnection: unknown;
  MediaStream: unknown;
}

/**
 * Gives a handler of mediasoup-client its classes. Handlers read them from the global object: in their constructor,
 * and in `getNativeRtpCapabilities` before its first `await`. They are defined there for these moments only.
 */
export function withClasses(handlers: HandlerFactory, classes: WebRtcClasses): HandlerFactory {
  return {
    name: handlers.name,
    factory: (options) => runWith(classes, () => handlers.factory(options)),
    getNativeRtpCapabilities: (options) => runWith(classes, () => handlers.getNativeRtpCapabilities(options)),
  };
}

function runWith<T>({ MediaStream, RTCPeerConnection }: WebRtcClasses, run: () => T): T {
  const supplied = Object.entries({ MediaStream, RTCPeerConnection });
  const former = supplied.map(([name]) => [name, Object.getOwnPropertyDescriptor(globalThis, name)] as const);
  for (const [name, value] of supplied) {
    Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
  }
  try {
    return run();
  } finally {
    for (const [name, descriptor] of former) {
      if (descriptor === undefined) {
        Reflect.deleteProperty(globalThis, name);
      } else {
        Object.defineProperty(globalThis, name, descriptor);
      }
    }
  }
}
