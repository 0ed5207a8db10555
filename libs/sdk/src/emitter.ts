/** Event names with the arguments their listeners get. */
export type EventArguments<Events> = { [Name in keyof Events]: unknown[] };

type Listener = (...args: unknown[]) => void;

/** Typed events. A listener that throws harms neither the emitter nor the other listeners. */
export class Emitter<Events extends EventArguments<Events>> {
  private readonly listeners = new Map<keyof Events, Set<Listener>>();

  /**
   * `application` gets every event after the listeners of this emitter. The SDK listens here and the application
   * there, so that no `off` of the application removes a listener of the SDK.
   */
  constructor(private readonly application?: Emitter<Events>) {}

  on<Name extends keyof Events>(event: Name, listener: (...args: Events[Name]) => void): void {
    const known = this.listeners.get(event) ?? new Set();
    known.add(listener as Listener);
    this.listeners.set(event, known);
  }

  /** Removes one listener, or all of the event where it is left out. */
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
        // The application's mistake must surface where it looks for it: as an uncaught error.
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
