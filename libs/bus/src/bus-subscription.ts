export interface BusSubscription {
  /** Stops delivery at once. Idempotent. */
  close(): void;
  /**
   * Stops receiving, handles what has been delivered, and resolves when its handlers are done. Idempotent.
   */
  drain(): Promise<void>;
}
