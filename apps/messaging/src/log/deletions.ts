import { type OrderedMessage, systemUser, toDeleted } from '@polyroom/contracts';
import { type NewMessage } from './room-log.js';

/** The messages as readers get them: without the content of those that a later one of them deletes. */
export function withoutDeleted(messages: OrderedMessage[]): OrderedMessage[] {
  const deleted = new Set(messages.flatMap(({ deletes }) => deletes ?? []));
  return deleted.size === 0
    ? messages
    : messages.map((message) => (deleted.has(message.messageId) ? toDeleted(message) : message));
}

/** The message that deletes another one, for the same users. */
export function deletionOf({ messageId, to }: OrderedMessage): NewMessage {
  return {
    // Of two deletions at once, one is stored. No key of a sender has a colon.
    key: `deletes:${messageId}`,
    kind: 'deletion',
    from: systemUser,
    content: '',
    category: 'system',
    deletes: messageId,
    ...(to === undefined ? {} : { to }),
  };
}
