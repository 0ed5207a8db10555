/** The numbers of a stored message; none of them where only the application's server got it. */
export interface Sent {
  messageId?: number | undefined;
  seq?: number | undefined;
  sentAtMs?: number | undefined;
}
