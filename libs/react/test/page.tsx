import { type PolyroomError } from '@polyroom/sdk';
import { type ReactNode, StrictMode, useMemo, useState } from 'react';
import { createRoot } from 'react-dom/client';
import {
  AudioUnlock,
  DevicePicker,
  Preview,
  RoomsProvider,
  StreamView,
  useCapture,
  useChat,
  useClient,
  useMembers,
  usePublication,
  useRoom,
  useRooms,
  useStreams,
} from '../src/index.js';
import { canvasHandlers, newTrack } from './canvas-media.js';
import { type Shown } from './shown.js';

const handlerFactory = canvasHandlers();

function Room({ chat = false, enabled = true, roomId, token }: Shown['rooms'][number]): ReactNode {
  const { attributes, error, memberCount, rejoin, setAttribute, state } = useRoom(roomId, {
    enabled,
    ...(token === undefined ? {} : { token }),
  });
  const members = useMembers(roomId);
  return (
    <section data-room={roomId}>
      <output>
        {[
          `${state} ${error?.code ?? 0}`,
          `members ${members.map(({ userId }) => userId).join()} ${memberCount ?? ''}`,
          `topic ${attributes['topic'] ?? ''}`,
        ].join('; ')}
      </output>
      <button data-do="rejoin" onClick={() => void rejoin()} />
      <button data-do="topic" onClick={() => void setAttribute('topic', 'fish')} />
      {chat && <RoomChat roomId={roomId} />}
    </section>
  );
}

function RoomChat({ roomId }: { roomId: string }): ReactNode {
  const { messages, send } = useChat(roomId);
  const [code, setCode] = useState(0);
  const handleSend = (): void =>
    void send('mine').catch((error: unknown) => setCode((error as PolyroomError).code));
  return (
    <>
      <pre>{messages.map(({ isOwn, text }) => `${isOwn ? 'me' : 'other'}: ${text}`).join('\n')}</pre>
      <output>{code}</output>
      <button data-do="send" onClick={handleSend} />
    </>
  );
}

function StreamList({ rooms }: { rooms: string[] }): ReactNode {
  const streams = useStreams(rooms);
  return (
    <pre id="streams">
      {streams.map(({ roomIds, streamId }) => `${streamId} in ${roomIds.join()}`).join('\n')}
    </pre>
  );
}

function Publisher({ colours, rooms }: NonNullable<Shown['publish']>): ReactNode {
  const media = useMemo(() => new MediaStream([newTrack('video')]), [colours]);
  const { error, mute, roomIds, state } = usePublication('own', { media, rooms });
  return (
    <>
      <output id="own">{`${state} ${[...roomIds].sort().join()} ${error?.code ?? 0}`}</output>
      <button data-do="mute" onClick={() => void mute('video', true, rooms[0])} />
    </>
  );
}

function Camera(): ReactNode {
  const [videoInput, setVideoInput] = useState<string>();
  const { error, media } = useCapture({
    camera: { audio: false, ...(videoInput === undefined ? {} : { videoInput }) },
  });
  return (
    <>
      <DevicePicker kind="videoinput" value={videoInput} onChange={setVideoInput} aria-label="Camera" />
      <Preview media={media} />
      <output id="camera">{media?.getVideoTracks()[0]?.label ?? error?.errorName}</output>
    </>
  );
}

function Totals(): ReactNode {
  const client = useClient();
  const rooms = useRooms();
  Object.assign(window, { client });
  return <output id="rooms">{rooms.map(({ roomId }) => roomId).join()}</output>;
}

function Page({ shown }: { shown: Shown }): ReactNode {
  return (
    <RoomsProvider
      user={{ userId: 'me', userName: 'Me' }}
      options={{ appId: 1, server: shown.server, handlerFactory }}
    >
      <Totals />
      <AudioUnlock id="unlock">Play audio</AudioUnlock>
      {shown.rooms.map((room, index) => (
        <Room key={index} {...room} />
      ))}
      {shown.streamsOf && <StreamList rooms={shown.streamsOf} />}
      {shown.publish && <Publisher {...shown.publish} />}
      {shown.views?.map(({ id, ...view }) => (
        <StreamView key={id} id={id} {...view} />
      ))}
      {shown.camera && <Camera />}
    </RoomsProvider>
  );
}

const root = createRoot(document.getElementById('root')!);

/** Shows this from now on; nothing unmounts the provider. */
function show(shown: Shown | undefined): void {
  root.render(<StrictMode>{shown && <Page shown={shown} />}</StrictMode>);
}

Object.assign(window, { show });
