/** The numbers of a stored message; empty if only the application's server received it. */
export interface Sent {
  messageId?: number | undefined;
  seq?: number | undefined;
  sentAtMs?: number | undefined;
}
