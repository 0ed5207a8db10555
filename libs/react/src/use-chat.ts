import { useMemo } from 'react';
import { type ChatMessage, none } from './client-view.js';
import { useSession, useView } from './rooms-provider.js';

export interface Chat {
  /** The last 500, in the order of the room, from the time when the room was entered. */
  messages: readonly ChatMessage[];
  /** Resolves when the message is stored. Rejects with the reason, such as a limit. */
  send(text: string): Promise<void>;
}

/** The messages of a room. `useRoom` enters it. */
export function useChat(roomId: string): Chat {
  const session = useSession();
  const messages = useView((view) => view?.room(roomId)?.messages ?? none);
  return useMemo(
    () => ({
      messages,
      send: async (text: string) => {
        if (session !== undefined) {
          const { messageId } = await session.client.send(roomId, text);
          const own = { messageId, text, from: session.getUser(), sentAtMs: Date.now(), isOwn: true };
          session.view.addMessages(roomId, [own]);
        }
      },
    }),
    [session, messages, roomId],
  );
}
