import { type Grants, hasRight, type MembershipNote, type RoomRight } from '@polyroom/contracts';
import { type RoomSubscription } from '../rooms/room-subscription.js';

interface MembershipOptions {
  roomId: string;
  /** Fences every write of this membership. */
  epoch: number;
  note: MembershipNote;
  /**
   * The login request that created it: the same request again returns the same membership. Undefined for one that
   * came with a resume.
   */
  requestId: string | undefined;
  /** The subscription to the room's facts and messages. */
  subscription: RoomSubscription;
}

/** The rights of a listen-only member, as far as the token grants them. */
const listenOnlyRights: readonly RoomRight[] = ['login', 'subscribe', 'readMessages'];

/** One room of a session. */
export class Membership {
  readonly roomId: string;
  readonly epoch: number;
  readonly requestId: string | undefined;
  readonly subscription: RoomSubscription;
  private present: Grants;
  /** The expiry that the client has been warned of. */
  private warnedOfMs: number | undefined;
  private readonly options: Omit<MembershipNote, 'grants'>;

  constructor({ roomId, epoch, note, requestId, subscription }: MembershipOptions) {
    const { grants, ...options } = note;
    this.roomId = roomId;
    this.epoch = epoch;
    this.requestId = requestId;
    this.subscription = subscription;
    this.present = grants;
    this.options = options;
    this.applyReading();
  }

  /** The grants of the room's token, or of the AppSign. */
  get token(): Grants {
    return this.present;
  }

  /** A newer token replaces the present one. */
  renew(token: Grants): void {
    this.present = token;
    this.applyReading();
  }

  /** The effective grants: those of the token, reduced for a listen-only member. */
  get grants(): Grants {
    const { roomId, token } = this;
    if (this.options.listenOnly !== true) {
      return token;
    }
    const rights = listenOnlyRights.filter((right) => hasRight(token, roomId, right));
    return { ...token, rooms: [{ roomId, rights }] };
  }

  /** The note that the room service stores for a resume. */
  noteWith(token: Grants): MembershipNote {
    return { ...this.options, grants: token };
  }

  /** Copies the right to the subscription: looking it up for each message would be slow. */
  private applyReading(): void {
    this.subscription.readsMessages = hasRight(this.grants, this.roomId, 'readMessages');
  }

  hasExpired(nowMs = Date.now()): boolean {
    return this.token.expiresAtMs !== undefined && this.token.expiresAtMs <= nowMs;
  }

  /** Whether the client has been warned that the present token expires. */
  get isWarned(): boolean {
    return this.warnedOfMs !== undefined && this.warnedOfMs === this.token.expiresAtMs;
  }

  markWarned(): void {
    this.warnedOfMs = this.token.expiresAtMs;
  }
}
