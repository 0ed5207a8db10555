import {
  AppError,
  type ClientEvent,
  type ClientEventData,
  type ClientMethod,
  type ClientParams,
  type ClientResult,
  newId,
} from '@polyroom/contracts';
import { ClientMethods } from '../src/methods/client-methods.js';
import { type ClientSession } from '../src/session/client-session.js';
import { type OutFrame } from '../src/connection/out-frame.js';
import { type SessionConnection } from '../src/connection/session-connection.js';
import { SessionLifecycle } from '../src/session/session-lifecycle.js';
import { SessionSlot } from '../src/session/session-slot.js';

/** A client without a socket: it calls the methods of one gateway and records the events that it gets. */
export class TestClient implements SessionConnection {
  readonly connectionId = newId('correlation');
  readonly slot = new SessionSlot<ClientSession>();
  readonly events: { event: ClientEvent; data: unknown }[] = [];
  closeCode: number | undefined;
  private open = true;
  private readonly running = new Set<Promise<unknown>>();

  constructor(
    private readonly methods: ClientMethods,
    private readonly lifecycle: SessionLifecycle,
    readonly clientAddress: string | undefined = undefined,
  ) {}

  get connection(): this {
    return this;
  }

  get isOpen(): boolean {
    return this.open;
  }

  get session(): ClientSession {
    const { session } = this.slot;
    if (session === undefined) {
      throw new Error('the client has no session');
    }
    return session;
  }

  async call<M extends ClientMethod>(method: M, params: ClientParams<M>): Promise<ClientResult<M>> {
    const running = this.methods.call(this, method, params);
    this.running.add(running);
    try {
      return await running;
    } finally {
      this.running.delete(running);
    }
  }

  /** The code that a method is refused with; 0 if it succeeds. */
  async codeOf<M extends ClientMethod>(method: M, params: ClientParams<M>): Promise<number> {
    try {
      await this.call(method, params);
      return 0;
    } catch (error) {
      return (error as AppError).code;
    }
  }

  eventsOf<E extends ClientEvent>(event: E): ClientEventData<E>[] {
    return this.events.filter((one) => one.event === event).map(({ data }) => data as ClientEventData<E>);
  }

  /** The socket breaks; resolves when the room service has started the grace period. */
  async drop(): Promise<void> {
    this.open = false;
    await this.lifecycle.suspend(this);
  }

  /** Frames for all members of a room. */
  write({ bytes }: OutFrame): void {
    const text = bytes.toString('utf8');
    this.events.push(JSON.parse(text.slice(text.indexOf('{'))) as { event: ClientEvent; data: unknown });
  }

  sendEvent<E extends ClientEvent>(event: E, data: ClientEventData<E>): void {
    this.events.push({ event, data });
  }

  close(code: number): void {
    this.open = false;
    this.closeCode = code;
  }

  async whenIdle(): Promise<void> {
    await Promise.allSettled([...this.running]);
  }
}
