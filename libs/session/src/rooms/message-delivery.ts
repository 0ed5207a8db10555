import { type OrderedMessage } from '@polyroom/contracts';
import { type OutFrame } from '../connection/out-frame.js';
import { encodeMessages } from './room-frames.js';

/** Messages for the members of a room. Frames are built once for all members that get the same messages. */
export class MessageDelivery {
  private readonly isAddressed: boolean;
  private common: OutFrame[] | undefined;

  constructor(
    private readonly roomId: string,
    readonly epoch: string,
    private readonly messages: OrderedMessage[],
  ) {
    this.isAddressed = messages.some(({ to }) => to !== undefined);
  }

  get firstSeq(): number {
    return this.messages[0]!.seq;
  }

  /** The frames, if all members get the same ones. */
  get framesForAll(): OutFrame[] | undefined {
    return this.isAddressed ? undefined : this.commonFrames;
  }

  /** The frames for a user: messages to all members, and messages to this user. */
  framesFor(userId: string): OutFrame[] {
    if (this.isAddressed && this.messages.some(({ to }) => to?.includes(userId) === true)) {
      const messages = this.messages.filter(({ to }) => to === undefined || to.includes(userId));
      return encodeMessages(this.roomId, this.epoch, messages);
    }
    return this.commonFrames;
  }

  /** The frames with the messages to all members. */
  private get commonFrames(): OutFrame[] {
    this.common ??= encodeMessages(
      this.roomId,
      this.epoch,
      this.isAddressed ? this.messages.filter(({ to }) => to === undefined) : this.messages,
    );
    return this.common;
  }
}
