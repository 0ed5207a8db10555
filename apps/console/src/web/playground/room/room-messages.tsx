import { useMembers } from '@polyroom/react';
import { type ReactNode, type SubmitEvent, useEffect, useRef, useState } from 'react';
import { usePlayground } from '../playground-context.js';
import { texts } from '../texts.js';
import { type MessageKind } from './message-lines.js';
import { useRoomMessages } from './use-room-messages.js';

const t = texts.room;
const kinds: readonly MessageKind[] = ['message', 'barrage', 'command'];

/** Messages of one room. Other rooms of the user do not get them. */
export function RoomMessages({ roomId }: { roomId: string }): ReactNode {
  const { notify, showCode, state } = usePlayground();
  const members = useMembers(roomId);
  const { lines, send } = useRoomMessages(roomId, {
    userId: state.userId,
    userName: state.userName || state.userId,
  });
  const [kind, setKind] = useState<MessageKind>('message');
  const [to, setTo] = useState('');
  const [text, setText] = useState('');
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (list.current !== null) {
      list.current.scrollTop = list.current.scrollHeight;
    }
  }, [lines]);
  const handleSubmit = async (event: SubmitEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault();
    const userIds = to === '' ? [] : [to];
    showCode(kind === 'command' ? { type: kind, roomId, text, userIds } : { type: kind, roomId, text });
    try {
      await send(kind, text, userIds);
      setText('');
    } catch (error) {
      notify(texts.notices.send(roomId), error);
    }
  };
  return (
    <div>
      <h3>{t.messages}</h3>
      <div ref={list} className="chat" tabIndex={0} role="log" aria-label={t.messagesOf(roomId)}>
        {lines.length === 0 && <p className="empty">{t.noMessages}</p>}
        <ol>
          {lines.map(({ isOwn, key, kind: sentAs, name, text: sent }) => (
            <li key={key} className={isOwn ? 'own' : undefined}>
              <b>{isOwn ? t.you : name}</b>
              {sentAs !== 'message' && <span className="chip">{t.kinds[sentAs]}</span>}
              {sent}
            </li>
          ))}
        </ol>
      </div>
      <form className="send" onSubmit={(event) => void handleSubmit(event)}>
        <select
          aria-label={t.kind(roomId)}
          value={kind}
          onChange={({ target }) => setKind(target.value as MessageKind)}
        >
          {kinds.map((each) => (
            <option key={each} value={each}>
              {t.kinds[each]}
            </option>
          ))}
        </select>
        {kind === 'command' && (
          <select aria-label={t.to(roomId)} value={to} onChange={({ target }) => setTo(target.value)}>
            <option value="">{t.toAll}</option>
            {members.map(({ userId, userName }) => (
              <option key={userId} value={userId}>
                {userName}
              </option>
            ))}
          </select>
        )}
        <input
          aria-label={t.text(roomId)}
          autoComplete="off"
          value={text}
          onChange={({ target }) => setText(target.value)}
          required
        />
        <button>{t.send}</button>
      </form>
    </div>
  );
}
