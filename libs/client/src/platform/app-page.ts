import { type PageEvents } from './platform.js';

type Listener = Parameters<PageEvents['addEventListener']>[1];

/** What the client uses of `AppState` of `react-native`. */
export interface ReactNativeAppState {
  readonly currentState: string;
  addEventListener(type: 'change', listener: (state: string) => void): unknown;
}

/** What the client uses of `@react-native-community/netinfo`. */
export interface ReactNativeNetInfo {
  addEventListener(listener: (state: { type: string; isConnected: boolean | null }) => void): unknown;
}

/** The page events that an app has: `visibilitychange`, `online` and `offline`. */
export class AppPage implements PageEvents {
  private readonly listeners = new Map<string, Set<Listener>>();
  private networkType: string | undefined;
  private isOnline = true;

  constructor(appState: ReactNativeAppState | undefined, netInfo: ReactNativeNetInfo | undefined) {
    appState?.addEventListener('change', () => this.dispatch('visibilitychange'));
    netInfo?.addEventListener(({ isConnected, type }) => this.handleNetwork(type, isConnected !== false));
  }

  addEventListener(type: string, listener: Listener): void {
    const listeners = this.listeners.get(type) ?? new Set();
    this.listeners.set(type, listeners.add(listener));
  }

  removeEventListener(type: string, listener: Listener): void {
    this.listeners.get(type)?.delete(listener);
  }

  /** The first report describes the present network. */
  private handleNetwork(type: string, isOnline: boolean): void {
    const isOther = this.networkType !== undefined && this.networkType !== type;
    const cameOnline = isOnline && (!this.isOnline || isOther);
    const wentOffline = !isOnline && this.isOnline;
    this.networkType = type;
    this.isOnline = isOnline;
    if (cameOnline || wentOffline) {
      this.dispatch(cameOnline ? 'online' : 'offline');
    }
  }

  private dispatch(type: string): void {
    const event = { type } as Event;
    for (const listener of [...(this.listeners.get(type) ?? [])]) {
      if (typeof listener === 'function') {
        listener(event);
      } else {
        listener?.handleEvent(event);
      }
    }
  }
}
