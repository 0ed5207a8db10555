/** What browsers tell of the network beyond the standard types; desktop browsers do not know its type. */
type Network = EventTarget & { readonly type?: string };

/**
 * Tells when the device has got another network: it is online again, or on Wi-Fi that was on mobile data.
 * Connections would notice only seconds later. Where there is no such thing to hear, as in Node.js, it says nothing.
 */
export class NetworkWatch {
  private readonly network: Network | undefined;
  private type: string | undefined;

  constructor(private readonly onChanged: () => void) {
    this.network = (globalThis.navigator as { connection?: Network } | undefined)?.connection;
    this.type = this.network?.type;
    globalThis.addEventListener?.('online', this.onChanged);
    this.network?.addEventListener?.('change', this.handleChange);
  }

  /** Idempotent. */
  close(): void {
    globalThis.removeEventListener?.('online', this.onChanged);
    this.network?.removeEventListener?.('change', this.handleChange);
  }

  /** Estimates of its speed change all the time, and are not heeded. */
  private readonly handleChange = (): void => {
    const type = this.network?.type;
    const isOther = type !== this.type && type !== 'none';
    this.type = type;
    if (isOther) {
      this.onChanged();
    }
  };
}
