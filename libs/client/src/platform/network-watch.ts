import { type Network, type Platform } from './platform.js';

export interface NetworkWatchOptions {
  platform: Pick<Platform, 'isHidden' | 'network' | 'page'>;
  /** The device is online again, or switched between Wi-Fi and mobile data: the old paths do not work. */
  onChanged(): void;
  /** The connection may be dead: the device went offline, or timers did not run because the page was hidden. */
  onDoubt(): void;
}

/**
 * Reports a change of the device's network, which sockets and transports would notice much later. Reports
 * nothing where the APIs are missing, as in Node.js.
 */
export class NetworkWatch {
  private readonly network: Network | undefined;
  private type: string | undefined;

  constructor(private readonly options: NetworkWatchOptions) {
    const { network, page } = options.platform;
    this.network = network;
    this.type = network?.type;
    page?.addEventListener('online', this.handleOnline);
    page?.addEventListener('offline', this.handleOffline);
    page?.addEventListener('visibilitychange', this.handleVisibility);
    this.network?.addEventListener?.('change', this.handleChange);
  }

  /** Idempotent. */
  close(): void {
    const { page } = this.options.platform;
    page?.removeEventListener('online', this.handleOnline);
    page?.removeEventListener('offline', this.handleOffline);
    page?.removeEventListener('visibilitychange', this.handleVisibility);
    this.network?.removeEventListener?.('change', this.handleChange);
  }

  private readonly handleOnline = (): void => this.options.onChanged();

  private readonly handleOffline = (): void => this.options.onDoubt();

  private readonly handleVisibility = (): void => {
    if (!this.options.platform.isHidden()) {
      this.options.onDoubt();
    }
  };

  /** Speed estimates change all the time and are ignored. */
  private readonly handleChange = (): void => {
    const type = this.network?.type;
    const isOther = type !== this.type && type !== 'none';
    this.type = type;
    if (isOther) {
      this.options.onChanged();
    }
  };
}
