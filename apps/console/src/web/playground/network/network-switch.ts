/** Not final: the client reconnects. */
const cutCloseCode = 4000;

/**
 * Cuts the page's sockets off and restores them, as a network outage does, and counts the ones that are open. Media is
 * not affected: it has a connection of its own.
 */
export class NetworkSwitch {
  /** For the client's `platform`. */
  readonly WebSocket: typeof WebSocket;
  private readonly open = new Set<WebSocket>();
  private readonly listeners = new Set<() => void>();
  private cut = false;

  constructor(
    Base: typeof WebSocket,
    /** The page gets `offline` and `online`, as from the browser. */
    private readonly page: Pick<EventTarget, 'dispatchEvent'>,
  ) {
    const add = (socket: WebSocket): void => this.add(socket);
    this.WebSocket = class extends Base {
      constructor(url: string | URL, protocols?: string | string[]) {
        super(url, protocols);
        add(this);
      }
    };
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  readonly isCut = (): boolean => this.cut;

  readonly countOpen = (): number => this.open.size;

  setCut(isCut: boolean): void {
    this.cut = isCut;
    if (isCut) {
      this.open.forEach((socket) => socket.close(cutCloseCode));
    }
    this.page.dispatchEvent(new Event(isCut ? 'offline' : 'online'));
    this.notify();
  }

  private add(socket: WebSocket): void {
    if (this.cut) {
      socket.close();
      return;
    }
    socket.addEventListener('open', () => {
      this.open.add(socket);
      this.notify();
    });
    socket.addEventListener('close', () => {
      this.open.delete(socket);
      this.notify();
    });
  }

  private notify(): void {
    [...this.listeners].forEach((listener) => listener());
  }
}
