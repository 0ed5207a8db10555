/** The Network Information API beyond the standard types; desktop browsers do not report `type`. */
type Network = EventTarget & { readonly type?: string };

/**
 * Reports a change of the device's network: it is online again, or switched between Wi-Fi and mobile data.
 * Transports would notice seconds later. Reports nothing where the API is missing, as in Node.js.
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

  /** Speed estimates change all the time and are ignored. */
  private readonly handleChange = (): void => {
    const type = this.network?.type;
    const isOther = type !== this.type && type !== 'none';
    this.type = type;
    if (isOther) {
      this.onChanged();
    }
  };
}
