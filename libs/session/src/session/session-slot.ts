import { type TokenEnd } from '@polyroom/contracts';

/**
 * Holds the one session that a socket may have. Opening and ending take time: meanwhile `transition` is set, and
 * callers that need a settled state wait for it.
 */
export class SessionSlot<
  Session extends { readonly state: 'open' | 'ended'; readonly endOfTokens: TokenEnd | undefined },
> {
  private current: Session | undefined;
  private running: Promise<void> | undefined;
  /** Pending logins by room. Here, because some come before there is a session. */
  private readonly entering = new Map<string, Promise<unknown>>();

  /** The open session, or undefined. */
  get session(): Session | undefined {
    return this.current?.state === 'open' ? this.current : undefined;
  }

  /** Set if the last session ended with its tokens. */
  get endOfTokens(): TokenEnd | undefined {
    return this.current?.endOfTokens;
  }

  /** Set while the session is being opened or ended; never rejects. */
  get transition(): Promise<void> | undefined {
    return this.running;
  }

  /** Fills the slot. Throws if another transition is in progress. */
  open<T extends { session: Session }>(opening: () => Promise<T>): Promise<T> {
    return this.run(async () => {
      const opened = await opening();
      this.current = opened.session;
      return opened;
    });
  }

  /**
   * Empties the slot; the session takes no new work meanwhile. If ending fails, the session stays: it can be ended
   * again, and its socket still suspends it.
   */
  end<T>(ending: () => Promise<T>): Promise<T> {
    return this.run(async () => {
      const ended = await ending();
      this.current = undefined;
      return ended;
    });
  }

  /** Requests that follow a login into the room wait for it: the frames of a socket are handled concurrently. */
  noteEntering(roomId: string, login: Promise<unknown>): void {
    const entering = Promise.allSettled([this.entering.get(roomId), login]);
    this.entering.set(roomId, entering);
    void entering.then(() => {
      if (this.entering.get(roomId) === entering) {
        this.entering.delete(roomId);
      }
    });
  }

  /** Resolves when the pending logins into this room have settled, successful or not. Undefined without any. */
  whenEntered(roomId: string): Promise<unknown> | undefined {
    return this.entering.get(roomId);
  }

  private run<T>(work: () => Promise<T>): Promise<T> {
    if (this.running !== undefined) {
      throw new Error('another transition of this slot is in progress');
    }
    const result = work();
    const settled = result
      .then(
        () => undefined,
        () => undefined,
      )
      .finally(() => {
        this.running = undefined;
      });
    this.running = settled;
    return result;
  }
}
