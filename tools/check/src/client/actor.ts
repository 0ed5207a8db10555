import { Client } from '@polyroom/sdk';
import { fakeHandlerFactory, FakeMediaStream, newCamera } from '@polyroom/testing/client';
import { type Call, type CallFailure } from './calls.js';
import { type ClientView, createDriver, type Driver } from './driver.js';
import { type FaultProxy } from './fault-proxy.js';
import { Intents } from './intents.js';

export interface ActorOptions {
  appId: number;
  appSign: string;
  userId: string;
  /** Address of the gateways. */
  server: string;
}

/** One user with a client of the SDK, whose calls are not awaited. */
export interface Actor {
  readonly userId: string;
  /** The network to the gateways; the watcher has none that fails. */
  readonly proxy: FaultProxy | undefined;
  readonly intents: Intents;
  /** It runs in a page, so that its streams have frames. */
  readonly isPage: boolean;
  /** The tab is closed. */
  readonly isClosed: boolean;
  call(call: Call): Promise<CallFailure | undefined>;
  view(): Promise<ClientView>;
  /** The device goes offline or online, as the browser reports it. */
  tellNetwork(event: 'online' | 'offline'): Promise<void>;
  /** The tab is not run for a while. */
  freeze(ms: number): Promise<void>;
  /** The tab is closed, or shows another page. */
  closeTab(): Promise<void>;
  close(): Promise<void>;
}

/** A client in this process, without media: mediasoup-client's handler for tests replaces WebRTC. */
export class NodeActor implements Actor {
  readonly intents = new Intents();
  readonly isPage = false;
  isClosed = false;
  private readonly page = new EventTarget();
  /** Set while the page is hidden. */
  private hidden: Promise<unknown> | undefined;
  private readonly driver: Driver;

  constructor(
    private readonly options: ActorOptions,
    readonly proxy: FaultProxy | undefined,
  ) {
    const { appId, appSign, server, userId } = options;
    this.driver = createDriver({
      Client,
      userId,
      openMedia: newCamera,
      client: {
        appId,
        appSign,
        server,
        handlerFactory: fakeHandlerFactory,
        platform: { page: this.page, MediaStream: FakeMediaStream as unknown as typeof MediaStream },
      },
    });
  }

  get userId(): string {
    return this.options.userId;
  }

  /** A hidden page does not run: its calls follow when it is restored. */
  async call(call: Call): Promise<CallFailure | undefined> {
    if (this.hidden !== undefined) {
      await this.hidden;
    }
    return this.driver.call(call);
  }

  async view(): Promise<ClientView> {
    return this.driver.view();
  }

  async tellNetwork(event: 'online' | 'offline'): Promise<void> {
    this.page.dispatchEvent(new Event(event));
  }

  /** A client in this process cannot be stopped alone: the page is hidden and restored instead. */
  async freeze(ms: number): Promise<void> {
    if (this.hidden === undefined) {
      this.page.dispatchEvent(new Event('pagehide'));
      this.hidden = new Promise((resolve) => setTimeout(resolve, ms));
      await this.hidden;
      this.hidden = undefined;
      this.page.dispatchEvent(Object.assign(new Event('pageshow'), { persisted: true }));
    }
  }

  async closeTab(): Promise<void> {
    this.isClosed = true;
    this.page.dispatchEvent(new Event('pagehide'));
    // The code of a closed page does not run on.
    this.proxy?.refuse();
  }

  async close(): Promise<void> {
    await this.driver.close();
    await this.proxy?.close();
  }
}
