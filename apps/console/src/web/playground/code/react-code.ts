import { quote, quoteAll, type Setup, type Step } from './step.js';

/** Components of `@polyroom/react`. `token` and `fetchToken` are of the application. */
export function reactCode(step: Step, setup: Setup): string {
  switch (step.type) {
    case 'join':
      return `import { RoomsProvider, useRoom } from '@polyroom/react';

function Room({ roomId }: { roomId: string }) {
  const { error, state } = useRoom(roomId); // enters, and leaves with the component
  return <p>{roomId}: {error?.message ?? state}</p>;
}

const options = {
  appId: ${setup.appId},
  server: ${quoteAll(setup.server)},${setup.roomMode === 'single' ? "\n  roomMode: 'single' as const," : ''}
  tokenProvider: fetchToken, // from your server
};

export const App = () => (
  <RoomsProvider options={options} user={{ userId: ${quote(setup.user.userId)}, userName: ${quote(setup.user.userName)} }}>
    {${quoteAll(step.roomIds)}.map((roomId) => <Room key={roomId} roomId={roomId} />)}
  </RoomsProvider>
);`;
    case 'leave':
      return `import { useRoom } from '@polyroom/react';

// A room is left with the last component that uses it.
export const Room = ({ isWanted }: { isWanted: boolean }) => {
  const { state } = useRoom(${quote(step.roomId)}, { enabled: isWanted });
  return <p>{state}</p>;
};`;
    case 'leaveAll':
      return `import { RoomsProvider } from '@polyroom/react';
import { type ComponentProps } from 'react';

// Unmounting the provider leaves all rooms and closes the connection.
export const App = ({ isIn, ...provider }: ComponentProps<typeof RoomsProvider> & { isIn: boolean }) =>
  isIn ? <RoomsProvider {...provider} /> : <p>Bye</p>;`;
    case 'move':
      return `import { useClient } from '@polyroom/react';

export const Move = () => {
  const client = useClient();
  return <button onClick={() => void client?.move(${quote(step.from)}, ${quote(step.to)})}>Move</button>;
};`;
    case 'publish':
    case 'share':
    case 'unshare':
      return `import { Preview, useCapture, usePublication } from '@polyroom/react';

export function Own${step.source === 'screen' ? 'Screen' : 'Camera'}() {
  const { media } = useCapture(${sourceOf(step.source)});
  // Exactly these rooms show it: one encode, one uplink.
  usePublication(${quote(step.streamId)}, { media, rooms: ${quoteAll(step.roomIds)} });
  return <Preview media={media} />;
}`;
    case 'unpublish':
      return `import { Preview, useCapture, usePublication } from '@polyroom/react';

export function Own${step.source === 'screen' ? 'Screen' : 'Camera'}({ isOn, rooms }: { isOn: boolean; rooms: string[] }) {
  const { media } = useCapture(isOn ? ${sourceOf(step.source)} : undefined); // stops the devices
  usePublication(${quote(step.streamId)}, { media, rooms });
  return <Preview media={media} />;
}`;
    case 'mute':
      return `import { useCapture, usePublication } from '@polyroom/react';

export function Mute() {
  const { media } = useCapture(${sourceOf(step.source)});
  const { mute } = usePublication(${quote(step.streamId)}, { media, rooms: ${quoteAll(step.roomIds)} });
  // In this room only. Without a room: in all of them.
  return <button onClick={() => void mute(${quote(step.kind)}, ${step.isMuted}, ${quote(step.roomId)})}>Mute</button>;
}`;
    case 'device': {
      const [kind, input] =
        step.device === 'camera' ? ['videoinput', 'videoInput'] : ['audioinput', 'audioInput'];
      return `import { DevicePicker, useCapture, usePublication } from '@polyroom/react';
import { useState } from 'react';

export function Devices() {
  const [deviceId, setDeviceId] = useState<string>();
  // Another device replaces the track; viewers notice no gap.
  const { media } = useCapture({ camera: deviceId === undefined ? {} : { ${input}: deviceId } });
  usePublication(${quote(step.streamId)}, { media, rooms: ${quoteAll(step.roomIds)} });
  return <DevicePicker kind="${kind}" value={deviceId} onChange={setDeviceId} />;
}`;
    }
    case 'play':
      return `import { StreamView } from '@polyroom/react';

// All views of a stream share one playback.
export const Stream = () => <StreamView streamId={${quote(step.streamId)}} roomId={${quote(step.roomId)}} />;`;
    case 'stop':
      return `import { StreamView } from '@polyroom/react';

// Without a view, the stream is no longer received for this room.
export const Stream = ({ isPlayed }: { isPlayed: boolean }) =>
  isPlayed ? <StreamView streamId={${quote(step.streamId)}} roomId={${quote(step.roomId)}} /> : null;`;
    case 'message':
      return `import { useChat } from '@polyroom/react';

export function Chat() {
  const { messages, send } = useChat(${quote(step.roomId)});
  return (
    <>
      {messages.map(({ from, messageId, text }) => <p key={messageId}>{from.userName}: {text}</p>)}
      <button onClick={() => void send(${quote(step.text)})}>Send</button>
    </>
  );
}`;
    case 'barrage':
    case 'command': {
      const isBarrage = step.type === 'barrage';
      const call = isBarrage
        ? `sendDroppable(${quote(step.roomId)}, ${quote(step.text)})`
        : `sendCommand(${quote(step.roomId)}, ${quote(step.text)}${step.userIds.length > 0 ? `, ${quoteAll(step.userIds)}` : ''})`;
      const listener = isBarrage
        ? `client?.on('droppableMessagesReceived', ({ messages }) => setLast(messages.at(-1)?.text))`
        : `client?.on('commandReceived', ({ text }) => setLast(text))`;
      return `import { useClient } from '@polyroom/react';
import { useEffect, useState } from 'react';

export function ${isBarrage ? 'Barrage' : 'Command'}() {
  const client = useClient();
  const [last, setLast] = useState<string>();
  useEffect(() => ${listener}, [client]);
  return <button onClick={() => void client?.${call}}>{last ?? 'Send'}</button>;
}`;
    }
    case 'attribute':
      return `import { useRoom } from '@polyroom/react';

export function Attribute() {
  const { attributes, setAttribute } = useRoom(${quote(step.roomId)});
  const set = () => void setAttribute(${quote(step.key)}, ${quote(step.value)});${step.value === '' ? ' // deletes it' : ''}
  return <button onClick={set}>{attributes[${quote(step.key)}] ?? 'not set'}</button>;
}`;
    case 'token':
      return `import { useRoom } from '@polyroom/react';

// Another token renews the former one.
export const Room = ({ token }: { token: string }) => {
  const { error, state } = useRoom(${quote(step.roomIds[0] ?? 'stage')}, { token });
  return <p>{error?.message ?? state}</p>;
};`;
    case 'network':
      return `import { useRooms } from '@polyroom/react';

// 'reconnecting' without a connection, then 'joined' again: one request resumes all rooms.
export const Rooms = () => (
  <ul>{useRooms().map(({ roomId, state }) => <li key={roomId}>{roomId}: {state}</li>)}</ul>
);`;
  }
}

function sourceOf(source: 'camera' | 'screen'): string {
  return source === 'screen' ? '{ screen: true }' : '{ camera: {} }';
}
