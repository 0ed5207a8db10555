import { type Client, type PolyroomError, type PublishOptions } from '@polyroom/sdk';
import { type ClientView, isPresent } from './client-view.js';
import { deferred } from './deferred.js';

/** A stream that a component publishes. */
export interface WantedPublication {
  roomIds: readonly string[];
  media: MediaStream;
  /** Of the first publication. */
  options: Omit<PublishOptions, 'roomId' | 'media' | 'signal'>;
}

interface Kept {
  wanted: WantedPublication | undefined;
  /** What is being sent. Other tracks replace the ones that are in it. */
  media: MediaStream | undefined;
  /** The states of the wanted rooms at the last attempt. A failure is final until they change. */
  attempt: string | undefined;
  isBusy: boolean;
}

/**
 * Publishes the streams that components ask for, and shares each into exactly its rooms: one encode and one uplink,
 * regardless of their number.
 */
export class KeptPublications {
  private readonly kept = new Map<string, Kept>();
  private readonly update = deferred(() => this.apply());

  constructor(
    private readonly client: Client,
    private readonly view: ClientView,
  ) {
    view.subscribe(() => {
      if (this.kept.size > 0) {
        this.update();
      }
    });
  }

  /** Undefined stops the stream. */
  set(streamId: string, wanted: WantedPublication | undefined): void {
    const kept = this.kept.get(streamId);
    if (kept !== undefined) {
      kept.wanted = wanted;
      kept.attempt = undefined;
    } else if (wanted !== undefined) {
      this.kept.set(streamId, { wanted, media: undefined, attempt: undefined, isBusy: false });
    }
    this.update();
  }

  /** Stops everything. */
  close(): void {
    for (const [streamId, kept] of this.kept) {
      if (kept.media !== undefined) {
        this.client.unpublish(streamId).catch(() => undefined);
      }
    }
    this.kept.clear();
  }

  private apply(): void {
    for (const [streamId, kept] of this.kept) {
      const attempt = this.attemptOf(streamId, kept);
      if (!kept.isBusy && attempt !== kept.attempt) {
        kept.attempt = attempt;
        void this.run(streamId, kept);
      }
    }
  }

  /** Changes with every state in which an attempt may have another outcome. */
  private attemptOf(streamId: string, { wanted }: Kept): string {
    const isPublished = this.shownIn(streamId).length > 0;
    const states = wanted?.roomIds.map((roomId) => {
      const state = this.view.room(roomId)?.status.state ?? 'left';
      // A stream is published into a room that is being entered; further rooms show it once they are entered.
      return [roomId, state === 'joining' && !isPublished ? 'joined' : state];
    });
    return JSON.stringify(states ?? []);
  }

  private async run(streamId: string, kept: Kept): Promise<void> {
    kept.isBusy = true;
    try {
      await this.adjust(streamId, kept);
    } catch (error) {
      if (this.kept.get(streamId) === kept) {
        this.view.notePublicationError(streamId, error as PolyroomError);
      }
    }
    kept.isBusy = false;
    if (kept.wanted === undefined && kept.attempt !== undefined) {
      this.kept.delete(streamId);
    }
    // The rooms, or what is wanted, may have changed meanwhile.
    this.update();
  }

  private async adjust(streamId: string, kept: Kept): Promise<void> {
    const { client } = this;
    const { wanted } = kept;
    const wantedIn = (wanted?.roomIds ?? []).filter((roomId) => isPresent(this.view.room(roomId)?.status));
    if (wanted === undefined || wantedIn.length === 0) {
      if (kept.media !== undefined) {
        kept.media = undefined;
        await client.unpublish(streamId);
      }
      return;
    }
    if (kept.media !== undefined && this.shownIn(streamId).length > 0) {
      await this.replaceTracks(kept.media, wanted.media);
    } else {
      // A room that is being entered will do: the request follows the join.
      const first = wantedIn.find((roomId) => this.view.room(roomId)?.status.state !== 'reconnecting');
      if (first === undefined) {
        return;
      }
      // Tracks are replaced in this object, so it must not be the application's.
      kept.media = new MediaStream(wanted.media.getTracks());
      await client.publish(streamId, { ...wanted.options, roomId: first, media: kept.media });
    }
    if (kept.wanted === wanted) {
      kept.attempt = this.attemptOf(streamId, kept);
    }
    await this.show(streamId, wantedIn, wanted.roomIds);
  }

  /** Shares the stream into exactly its rooms. A refusal of one does not concern the others; throws the first one. */
  private async show(streamId: string, present: string[], wanted: readonly string[]): Promise<void> {
    const { client } = this;
    const shownIn = this.shownIn(streamId);
    const missing = present.filter(
      (roomId) => !shownIn.includes(roomId) && this.view.room(roomId)?.status.state === 'joined',
    );
    const surplus = shownIn.filter((roomId) => !wanted.includes(roomId));
    // A stream ends with its last room: one of them stays until the stream is shown elsewhere.
    const last = surplus.length === shownIn.length ? surplus.splice(-1) : [];
    const unshare = (roomId: string) => () => client.unshare(streamId, roomId);
    const calls = [
      ...surplus.map(unshare),
      ...missing.map((roomId) => () => client.share(streamId, roomId)),
      ...last.map(unshare),
    ];
    const errors: unknown[] = [];
    for (const call of calls) {
      await call().catch((error: unknown) => errors.push(error));
    }
    if (errors.length > 0) {
      throw errors[0];
    }
  }

  /** The rooms of a stream that is published. */
  private shownIn(streamId: string): readonly string[] {
    const publication = this.view.publication(streamId);
    return publication === undefined || publication.state === 'ended' ? [] : publication.roomIds;
  }

  private async replaceTracks(sent: MediaStream, wanted: MediaStream): Promise<void> {
    const tracks = wanted.getTracks();
    for (const track of tracks.filter((each) => !sent.getTracks().includes(each))) {
      await this.client.replaceTrack(sent, track);
    }
    const kinds = tracks.map(({ kind }) => kind);
    for (const track of sent.getTracks().filter(({ kind }) => !kinds.includes(kind))) {
      await this.client.removeTrack(sent, track);
    }
  }
}
