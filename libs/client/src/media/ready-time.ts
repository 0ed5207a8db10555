/** The first consumers wait for the connection to be established; later ones do not. */
export type ReceivingState = 'connecting' | 'connected';

const shortestMs = 20;
const longestMs = 400;
const margin = 1.5;

/** How long it takes to create the consumers of a stream, as measured so far. */
export class ReadyTime {
  private readonly readyMs = { connecting: 60, connected: 20 };

  /** Expected time, with a margin. */
  estimateMs(state: ReceivingState): number {
    return Math.ceil(Math.min(longestMs, Math.max(shortestMs, this.readyMs[state] * margin)));
  }

  /** Adapts to a slower result at once, to a faster one gradually. */
  note(state: ReceivingState, tookMs: number): void {
    this.readyMs[state] = Math.max(tookMs, this.readyMs[state] * 0.7 + tookMs * 0.3);
  }
}
