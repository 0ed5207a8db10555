import { type Client, type RoomChange } from '@polyroom/sdk';
import { type Page } from 'playwright-core';
import { type DrivenPage, type HarnessPage, type Libraries } from './harness-page.js';

/** Globals of a page with one client of the core library. */
export interface ClientGlobals extends Libraries {
  client: Client;
  me: { userId: string; userName: string };
  /** Room changes with their time, in ms of `performance.now()`. */
  changes: { roomId: string; change: RoomChange; atMs: number }[];
  peers: RTCPeerConnection[];
  /** States of published and played streams, `kind streamId state code`. */
  states: string[];
}

/** Options of the client that a test can pass to a page. */
export interface ClientPageOptions {
  appId: number;
  appSign?: string;
  server: string;
  mediaRetryTimeSeconds?: number;
}

/** A page with one client of the core library. */
export class ClientPage<Driven extends DrivenPage = Page> {
  private constructor(
    private readonly harness: HarnessPage<Driven>,
    readonly userId: string,
  ) {}

  static async in<Driven extends DrivenPage>(
    harness: HarnessPage<Driven>,
    userId: string,
    options: ClientPageOptions,
  ): Promise<ClientPage<Driven>> {
    await harness.page.evaluate(
      ([user, given]) => {
        const own = window as never as ClientGlobals;
        own.me = { userId: user, userName: user };
        own.changes = [];
        own.states = [];
        own.peers = [];
        window.RTCPeerConnection = class extends RTCPeerConnection {
          constructor(configuration?: RTCConfiguration) {
            super(configuration);
            own.peers.push(this);
          }
        };
        own.client = new own.polyroomSdk.Client(given);
        own.client.on('roomStateChanged', ({ change, roomId }) =>
          own.changes.push({ roomId, change, atMs: performance.now() }),
        );
        own.client.on('publicationChanged', ({ error, state, streamId }) =>
          own.states.push(`publish ${streamId} ${state} ${error?.code ?? 0}`),
        );
        own.client.on('subscriptionChanged', ({ error, state, streamId }) =>
          own.states.push(`play ${streamId} ${state} ${error?.code ?? 0}`),
        );
      },
      [userId, options] as const,
    );
    return new ClientPage(harness, userId);
  }

  get page(): Driven {
    return this.harness.page;
  }

  get errors(): string[] {
    return this.harness.errors;
  }

  join(...roomIds: string[]): Promise<void> {
    return this.page.evaluate(async (rooms) => {
      const { client, me } = window as never as ClientGlobals;
      for (const room of rooms) {
        await client.join(room, { user: me });
      }
    }, roomIds);
  }

  /** Publishes camera and microphone. */
  publish(streamId: string, roomId: string, size = { width: 320, height: 240 }): Promise<void> {
    return this.page.evaluate(
      async ([stream, room, camera]) => {
        const { client, polyroomSdk } = window as never as ClientGlobals;
        const media = await polyroomSdk.capture({ camera: { ...camera, frameRate: 20 } });
        await client.publish(stream, { roomId: room, media });
      },
      [streamId, roomId, size] as const,
    );
  }

  changes(): Promise<ClientGlobals['changes']> {
    return this.page.evaluate(() => (window as never as ClientGlobals).changes);
  }

  states(): Promise<string[]> {
    return this.page.evaluate(() => (window as never as ClientGlobals).states);
  }

  dump(): Promise<ReturnType<Client['dump']>> {
    return this.page.evaluate(() => (window as never as ClientGlobals).client.dump());
  }

  close(): Promise<void> {
    return this.harness.close();
  }
}
