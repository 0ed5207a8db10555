import { type Client, type JoinOptions, type PolyroomError, type User } from '@polyroom/sdk';
import { type ClientView, isPresent } from './client-view.js';
import { deferred } from './deferred.js';

/** Options of a join; the provider adds the user. */
export type RoomOptions = Omit<JoinOptions, 'user' | 'signal'>;

/** Enters the rooms that components use, and leaves those that no component uses any more. */
export class KeptRooms {
  /** The options of each use, by room. */
  private readonly uses = new Map<string, Set<() => RoomOptions>>();
  /** Rooms of a use for which a join was tried: a refusal or a removal is final until `rejoin`. */
  private readonly tried = new Set<string>();
  /** Rooms that were entered for a component, as opposed to by the application itself. */
  private readonly entered = new Set<string>();
  /** Joins in progress; they never reject. */
  private readonly joins = new Map<string, Promise<void>>();
  /** The last token of a room, as far as it was not refused. */
  private readonly tokens = new Map<string, string | undefined>();
  private readonly update = deferred(() => void this.apply());

  constructor(
    private readonly client: Client,
    private readonly view: ClientView,
    private readonly getUser: () => User,
  ) {}

  /** Returns a function that ends the use. */
  retain(roomId: string, getOptions: () => RoomOptions): () => void {
    const uses = this.uses.get(roomId) ?? new Set();
    uses.add(getOptions);
    this.uses.set(roomId, uses);
    this.update();
    return () => {
      uses.delete(getOptions);
      if (uses.size === 0 && this.uses.get(roomId) === uses) {
        this.uses.delete(roomId);
      }
      this.update();
    };
  }

  /** Enters a room again after it was left; without effect in a room that no component uses. */
  async rejoin(roomId: string): Promise<void> {
    const [getOptions] = this.uses.get(roomId) ?? [];
    if (getOptions === undefined || isPresent(this.view.room(roomId)?.status)) {
      return;
    }
    this.entered.add(roomId);
    const joining = this.join(roomId, getOptions());
    this.joins.set(roomId, joining);
    await joining;
    if (this.joins.get(roomId) === joining) {
      this.joins.delete(roomId);
    }
  }

  private async join(roomId: string, options: RoomOptions): Promise<void> {
    this.tokens.set(roomId, options.token);
    try {
      await this.client.join(roomId, { ...options, user: this.getUser() });
    } catch (error) {
      if (this.entered.has(roomId)) {
        this.view.noteRefusal(roomId, error as PolyroomError);
      }
    }
  }

  /** Replaces the token of a room that was entered with another one. */
  async renewToken(roomId: string, token: string): Promise<void> {
    if (!this.entered.has(roomId) || this.tokens.get(roomId) === token) {
      return;
    }
    this.tokens.set(roomId, token);
    // The servers take it once the room is entered.
    await this.joins.get(roomId);
    if (this.tokens.get(roomId) !== token || !this.entered.has(roomId)) {
      return;
    }
    try {
      await this.client.renewToken(roomId, token);
    } catch {
      // The former token stays in force, and the room reports its expiry. The same token may be tried again.
      if (this.tokens.get(roomId) === token) {
        this.tokens.delete(roomId);
      }
    }
  }

  /** Leaves the rooms that were entered for components. */
  close(): void {
    this.uses.clear();
    void this.apply();
  }

  private async apply(): Promise<void> {
    [...this.tried].filter((roomId) => !this.uses.has(roomId)).forEach((roomId) => this.tried.delete(roomId));
    const left = [...this.entered].filter((roomId) => !this.uses.has(roomId));
    const leaving = left.map((roomId) => {
      this.entered.delete(roomId);
      this.tokens.delete(roomId);
      return this.client.leave(roomId).catch(() => undefined);
    });
    if (leaving.length > 0) {
      // The next room may need the place of the former one.
      await Promise.all(leaving);
    }
    for (const roomId of this.uses.keys()) {
      if (!this.tried.has(roomId)) {
        this.tried.add(roomId);
        void this.rejoin(roomId);
      }
    }
  }
}
