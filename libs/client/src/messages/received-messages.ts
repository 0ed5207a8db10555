import { type BarrageMessage, type ClientEventData, type OrderedMessage } from '@polyroom/contracts/client';
import { type ClientEvents, type ReceivedMessage } from '../client-types.js';
import { type Emitter } from '../emitter.js';
import { type Link } from '../signal/link.js';
import { MessageTimeline } from './message-timeline.js';
import { type Rooms } from '../rooms/rooms.js';

/** Delivers the messages of all rooms, in order per room. A sender's own messages are not delivered. */
export class ReceivedMessages {
  private readonly timelines = new Map<string, MessageTimeline>();

  constructor(
    private readonly link: Link,
    private readonly rooms: Rooms,
    private readonly events: Emitter<ClientEvents>,
  ) {
    link.events.on('message.position', ({ roomId, position }) =>
      rooms.whenIn(roomId, () => this.timelineOf(roomId).handlePosition(position)),
    );
    link.events.on('message.received', ({ roomId, epoch, messages }) =>
      rooms.whenIn(roomId, () => this.timelineOf(roomId).handleReceived(epoch, messages)),
    );
    link.events.on('message.barrage', (received) => this.handleBarrage(received));
  }

  handleLost(): void {
    this.timelines.forEach((timeline) => timeline.handleLost());
  }

  handleRoomLeft(roomId: string): void {
    this.timelines.get(roomId)?.close();
    this.timelines.delete(roomId);
  }

  private timelineOf(roomId: string): MessageTimeline {
    const known = this.timelines.get(roomId);
    if (known !== undefined) {
      return known;
    }
    const timeline = new MessageTimeline({
      roomId,
      readHistory: (params) => this.link.call('message.history', params),
      deliver: (messages) => this.tell(roomId, messages),
      onLost: () => this.events.emit('messagesLost', { roomId }),
      isReachable: () => this.link.isOpen && this.rooms.find(roomId)?.state === 'joined',
    });
    this.timelines.set(roomId, timeline);
    return timeline;
  }

  private handleBarrage({ roomId, messages }: ClientEventData<'message.barrage'>): void {
    this.rooms.whenIn(roomId, () => {
      const others = messages.filter((message) => !this.isOwn(roomId, message));
      if (others.length > 0) {
        this.events.emit('droppableMessagesReceived', { roomId, messages: others.map(toReceived) });
      }
    });
  }

  /** Batches consecutive broadcast messages into one event. */
  private tell(roomId: string, messages: OrderedMessage[]): void {
    let broadcasts: OrderedMessage[] = [];
    const tellBroadcasts = (): void => {
      if (broadcasts.length > 0) {
        this.events.emit('messagesReceived', { roomId, messages: broadcasts.map(toReceived) });
        broadcasts = [];
      }
    };
    for (const message of messages) {
      if (this.isOwn(roomId, message) || message.deleted === true) {
        continue;
      }
      const { content, from, kind, messageId } = message;
      if (kind === 'broadcast') {
        broadcasts.push(message);
        continue;
      }
      tellBroadcasts();
      switch (kind) {
        case 'command':
          this.events.emit('commandReceived', { roomId, messageId, from, text: content });
          break;
        case 'transparent':
          this.events.emit('bytesReceived', { roomId, messageId, from, bytes: fromBase64(content) });
          break;
        case 'deletion':
          this.events.emit('messageDeleted', { roomId, messageId: message.deletes! });
          break;
      }
    }
    tellBroadcasts();
  }

  private isOwn(roomId: string, { from }: OrderedMessage | BarrageMessage): boolean {
    return from.userId === this.rooms.find(roomId)?.user.userId;
  }
}

function toReceived<Id>(message: {
  messageId: Id;
  content: string;
  sentAtMs: number;
  from: OrderedMessage['from'];
}): ReceivedMessage<Id> {
  const { content, from, messageId, sentAtMs } = message;
  return { messageId, text: content, from, sentAtMs };
}

function fromBase64(text: string): Uint8Array {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}
