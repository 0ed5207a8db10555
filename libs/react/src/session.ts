import { type Client, type User } from '@polyroom/sdk';
import { ClientView } from './client-view.js';
import { KeptPublications } from './kept-publications.js';
import { KeptRooms } from './kept-rooms.js';
import { KeptSubscriptions } from './kept-subscriptions.js';

/** A client with what components know of it and keep alive in it. */
export class Session {
  readonly view: ClientView;
  readonly rooms: KeptRooms;
  readonly subscriptions: KeptSubscriptions;
  readonly publications: KeptPublications;

  constructor(
    readonly client: Client,
    readonly getUser: () => User,
  ) {
    this.view = new ClientView(client);
    this.rooms = new KeptRooms(client, this.view, getUser);
    this.subscriptions = new KeptSubscriptions(client);
    this.publications = new KeptPublications(client, this.view);
  }

  /** Ends what components have started; the client stays open. */
  close(): void {
    this.subscriptions.close();
    this.publications.close();
    this.rooms.close();
    this.view.close();
  }
}
