/** A socket that has not logged in yet. */
export interface PendingLogin {
  /** Whether a login or a resume is being carried out right now. */
  readonly isLoggingIn: boolean;
}

const checksPerTimeout = 10;
const maxCheckIntervalMs = 1000;

/**
 * Reports sockets that do not log in in time. A login in progress extends the time once: it has a deadline of its own,
 * and a client cannot hold its socket with logins that fail.
 */
export class LoginDeadlines<Socket extends PendingLogin> {
  /** In order of arrival, so that a check ends at the first socket with time left. */
  private readonly openedAtMs = new Map<Socket, number>();
  private readonly timer: NodeJS.Timeout;

  constructor(
    private readonly timeoutMs: number,
    private readonly onLate: (socket: Socket) => void,
    private readonly now: () => number = () => performance.now(),
  ) {
    this.timer = setInterval(() => this.check(), Math.min(timeoutMs / checksPerTimeout, maxCheckIntervalMs));
    this.timer.unref();
  }

  start(socket: Socket): void {
    this.openedAtMs.set(socket, this.now());
  }

  /** The socket has logged in or closed. Idempotent. */
  end(socket: Socket): void {
    this.openedAtMs.delete(socket);
  }

  check(): void {
    const now = this.now();
    for (const [socket, openedAtMs] of this.openedAtMs) {
      if (now - openedAtMs < this.timeoutMs) {
        return;
      }
      if (!socket.isLoggingIn || now - openedAtMs >= 2 * this.timeoutMs) {
        this.openedAtMs.delete(socket);
        this.onLate(socket);
      }
    }
  }

  close(): void {
    clearInterval(this.timer);
  }
}
