/** Event names and the argument types of their listeners. */
export type EventArguments<Events> = { [Name in keyof Events]: unknown[] };

type Listener = (...args: unknown[]) => void;

/** A typed event emitter. A listener that throws affects neither the emitter nor the other listeners. */
export class Emitter<Events extends EventArguments<Events>> {
  private readonly listeners = new Map<keyof Events, Set<Listener>>();

  /**
   * `application` receives every event after this emitter's own listeners. The SDK listens here and the
   * application there, so that no `off` call of the application removes a listener of the SDK.
   */
  constructor(private readonly application?: Emitter<Events>) {}

  /** Returns a function that removes the listener. */
  on<Name extends keyof Events>(event: Name, listener: (...args: Events[Name]) => void): () => void {
    const known = this.listeners.get(event) ?? new Set();
    known.add(listener as Listener);
    this.listeners.set(event, known);
    return () => this.off(event, listener);
  }

  /** Same as `on`, for the next event only. */
  once<Name extends keyof Events>(event: Name, listener: (...args: Events[Name]) => void): () => void {
    const remove = this.on(event, (...args) => {
      remove();
      listener(...args);
    });
    return remove;
  }

  /** Removes one listener, or all listeners of the event if `listener` is omitted. */
  off<Name extends keyof Events>(event: Name, listener?: (...args: Events[Name]) => void): void {
    if (listener === undefined) {
      this.listeners.delete(event);
      return;
    }
    this.listeners.get(event)?.delete(listener as Listener);
  }

  emit<Name extends keyof Events>(event: Name, ...args: Events[Name]): void {
    for (const listener of [...(this.listeners.get(event) ?? [])]) {
      try {
        listener(...args);
      } catch (error) {
        // Rethrow asynchronously, so that the application sees its error as an uncaught exception.
        queueMicrotask(() => {
          throw error;
        });
      }
    }
    this.application?.emit(event, ...args);
  }

  clear(): void {
    this.listeners.clear();
    this.application?.clear();
  }
}
