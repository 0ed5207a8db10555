import { useChat, useClient } from '@polyroom/react';
import { type User } from '@polyroom/sdk';
import { useEffect, useMemo, useState } from 'react';
import { addPassing, mergeLines, type MessageKind, type MessageLine } from './message-lines.js';

export interface RoomMessagesHandle {
  lines: readonly MessageLine[];
  /** `userIds`: of a command; empty for all members. Rejects with the reason. */
  send(kind: MessageKind, text: string, userIds: readonly string[]): Promise<void>;
}

const none: readonly MessageLine[] = [];
let keys = 0;

/** Chat, barrage messages and commands of a room. */
export function useRoomMessages(roomId: string, user: User): RoomMessagesHandle {
  const client = useClient();
  const chat = useChat(roomId);
  const [passing, setPassing] = useState(none);
  useEffect(() => {
    if (client === undefined) {
      return;
    }
    const add = (kind: MessageKind, from: User, texts: string[]): void =>
      setPassing((known) =>
        addPassing(
          known,
          texts.map((text) => newLine(kind, from.userName, text, false)),
        ),
      );
    const removers = [
      client.on('droppableMessagesReceived', (info) => {
        if (info.roomId === roomId) {
          info.messages.forEach(({ from, text }) => add('barrage', from, [text]));
        }
      }),
      client.on('commandReceived', (info) => {
        if (info.roomId === roomId) {
          add('command', info.from, [info.text]);
        }
      }),
    ];
    return () => removers.forEach((remove) => remove());
  }, [client, roomId]);
  const lines = useMemo(
    () =>
      mergeLines(
        chat.messages.map(({ from, isOwn, messageId, sentAtMs, text }) => ({
          key: `stored-${messageId}`,
          kind: 'message',
          name: from.userName,
          text,
          isOwn,
          atMs: sentAtMs,
        })),
        passing,
      ),
    [chat.messages, passing],
  );
  const send = async (kind: MessageKind, text: string, userIds: readonly string[]): Promise<void> => {
    switch (kind) {
      case 'message':
        await chat.send(text);
        return;
      case 'barrage':
        await client?.sendDroppable(roomId, text);
        break;
      case 'command':
        await client?.sendCommand(roomId, text, [...userIds]);
        break;
    }
    setPassing((known) => addPassing(known, [newLine(kind, user.userName, text, true)]));
  };
  return { lines, send };
}

function newLine(kind: MessageKind, name: string, text: string, isOwn: boolean): MessageLine {
  return { key: `passing-${++keys}`, kind, name, text, isOwn, atMs: Date.now() };
}
