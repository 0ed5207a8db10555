import { type OrderedMessage } from '@polyroom/contracts';
import { type OutFrame } from '../connection/out-frame.js';
import { encodeMessages } from './room-frames.js';

/** Messages on their way to the members of a room. Frames are built once for all who get the same. */
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

  /** The frames, where everybody gets the same. */
  get framesForAll(): OutFrame[] | undefined {
    return this.isAddressed ? undefined : this.framesFor('');
  }

  /** The frames for a user: what is to everybody, and what is to that one. */
  framesFor(userId: string): OutFrame[] {
    if (this.isAddressed && this.messages.some(({ to }) => to?.includes(userId) === true)) {
      const messages = this.messages.filter(({ to }) => to === undefined || to.includes(userId));
      return encodeMessages(this.roomId, this.epoch, messages);
    }
    this.common ??= encodeMessages(
      this.roomId,
      this.epoch,
      this.isAddressed ? this.messages.filter(({ to }) => to === undefined) : this.messages,
    );
    return this.common;
  }
}
