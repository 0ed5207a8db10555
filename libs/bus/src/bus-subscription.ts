export interface BusSubscription {
  /** Hears nothing more, from now on. Idempotent. */
  close(): void;
  /** Takes nothing new, handles what has been handed over, and returns once its handlers are done. Idempotent. */
  drain(): Promise<void>;
}
