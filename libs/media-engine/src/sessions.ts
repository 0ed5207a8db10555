import { AppError, type SessionRef, type TransportDirection } from '@polyroom/contracts';
import { type MediaWorker } from './media-worker.js';
import { Session } from './session.js';
import { type WorkerPool } from './worker-pool.js';

interface Entry {
  ref: SessionRef;
  worker: MediaWorker;
  opening: Promise<Session>;
  /** Set once the session is open. */
  session?: Session;
  /** Closed by a request: a client that left while it logged in is no failure of this node. */
  isClosedByRequest?: boolean;
}

/** The sessions of a node, each anchored on the worker that had the fewest when it opened. */
export class Sessions {
  readonly #pool: WorkerPool;
  readonly #onClosing: (session: Session) => void;
  readonly #onTransportLost: (ref: SessionRef, direction: TransportDirection) => void;
  readonly #entries = new Map<string, Entry>();

  /**
   * @param onClosing closes the session's upstreams and downlinks; called once, before its transports close.
   */
  constructor(
    pool: WorkerPool,
    onClosing: (session: Session) => void,
    onTransportLost: (ref: SessionRef, direction: TransportDirection) => void,
  ) {
    this.#pool = pool;
    this.#onClosing = onClosing;
    this.#onTransportLost = onTransportLost;
  }

  get count(): number {
    return this.#entries.size;
  }

  /** The open sessions. */
  list(): Session[] {
    return [...this.#entries.values()].flatMap(({ session }) => (session === undefined ? [] : [session]));
  }

  /** Opens a session, or returns the one that is open or being opened. */
  open(ref: SessionRef, maxDataMessageBytes?: number): Promise<Session> {
    const key = keyOf(ref);
    const present = this.#entries.get(key);
    if (present !== undefined) {
      return present.opening;
    }
    const worker = this.#pool.anchor();
    const opening = Session.create(ref, worker, maxDataMessageBytes, (direction) =>
      this.#onTransportLost(ref, direction),
    );
    const entry: Entry = { ref, worker, opening };
    entry.opening = this.#admit(key, entry, entry.opening);
    this.#entries.set(key, entry);
    return entry.opening;
  }

  /** The open session. Throws MEDIA_SESSION_NOT_FOUND. */
  get(ref: SessionRef): Session {
    const session = this.#entries.get(keyOf(ref))?.session;
    if (session === undefined) {
      throw new AppError('MEDIA_SESSION_NOT_FOUND');
    }
    return session;
  }

  find(ref: SessionRef): Session | undefined {
    return this.#entries.get(keyOf(ref))?.session;
  }

  /** Closes a session, even while it is being opened. Idempotent. */
  async close(ref: SessionRef): Promise<void> {
    const entry = this.#entries.get(keyOf(ref));
    if (entry === undefined) {
      return;
    }
    entry.isClosedByRequest = true;
    this.#drop(entry);
    // A session still being opened closes itself when it detects its removal.
    await entry.opening.catch(() => undefined);
  }

  /** Removes all sessions of a worker and returns them. */
  dropWorker(worker: MediaWorker): SessionRef[] {
    const lost = [...this.#entries.values()].filter((entry) => entry.worker === worker);
    lost.forEach((entry) => this.#drop(entry));
    return lost.map(({ ref }) => ref);
  }

  /** Closes the sessions of an AppID, also those that are being opened. Idempotent. */
  async closeOf(appId: number): Promise<void> {
    const entries = [...this.#entries.values()].filter(({ ref }) => ref.appId === appId);
    await Promise.all(entries.map(({ ref }) => this.close(ref)));
  }

  /** Closes all sessions. Idempotent. */
  async closeAll(): Promise<void> {
    await Promise.all([...this.#entries.values()].map(({ ref }) => this.close(ref)));
  }

  async #admit(key: string, entry: Entry, creating: Promise<Session>): Promise<Session> {
    let session: Session;
    try {
      session = await creating;
    } catch (error) {
      if (this.#entries.get(key) === entry) {
        this.#drop(entry);
      }
      throw new AppError('MEDIA_NODE_UNAVAILABLE', { cause: error });
    }
    if (this.#entries.get(key) !== entry) {
      session.close();
      throw new AppError('MEDIA_NODE_UNAVAILABLE', {
        message: 'The session was closed while it was opened.',
        ...(entry.isClosedByRequest === true ? { fault: 'client' as const } : {}),
      });
    }
    entry.session = session;
    return session;
  }

  #drop(entry: Entry): void {
    this.#entries.delete(keyOf(entry.ref));
    entry.worker.sessions -= 1;
    if (entry.session !== undefined) {
      this.#onClosing(entry.session);
      entry.session.close();
    }
  }
}

/** No part may contain a slash, so keys are unique. */
function keyOf(ref: SessionRef): string {
  return `${ref.appId}/${ref.userId}/${ref.sessionId}`;
}
