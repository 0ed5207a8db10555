import { quote, quoteAll, type Setup, type Step } from './step.js';

/** Calls of `@polyroom/sdk`. `client`, `media`, `video` and `token` are of the application. */
export function coreCode(step: Step, setup: Setup): string {
  switch (step.type) {
    case 'join':
      return `import { Client } from '@polyroom/sdk';

const client = new Client({
  appId: ${setup.appId},
  server: ${quoteAll(setup.server)},${setup.roomMode === 'single' ? "\n  roomMode: 'single'," : ''}
  tokenProvider: (roomId) => fetchToken(roomId), // from your server
});
const user = { userId: ${quote(setup.user.userId)}, userName: ${quote(setup.user.userName)} };
for (const roomId of ${quoteAll(step.roomIds)}) {
  await client.join(roomId, { user }); // one socket for all rooms
}`;
    case 'leave':
      return `// Ends what was published and played for this room; the others continue.
await client.leave(${quote(step.roomId)});`;
    case 'leaveAll':
      return `await client.leave(); // all rooms`;
    case 'move':
      return `// One step: it does not count against the limit of rooms.
await client.move(${quote(step.from)}, ${quote(step.to)});`;
    case 'publish': {
      const [first, ...others] = step.roomIds;
      return [
        `import { capture } from '@polyroom/sdk';\n`,
        `const media = await capture(${step.source === 'screen' ? '{ screen: true }' : '{ camera: {} }'});`,
        ...(first === undefined
          ? [`// Not published yet: tick a room.`]
          : [`await client.publish(${quote(step.streamId)}, { roomId: ${quote(first)}, media });`]),
        ...others.map(
          (roomId) => `await client.share(${quote(step.streamId)}, ${quote(roomId)}); // no second encode`,
        ),
      ].join('\n');
    }
    case 'unpublish':
      return `await client.unpublish(${quote(step.streamId)}); // in all rooms
media.getTracks().forEach((track) => track.stop());`;
    case 'share':
      return step.roomIds.length > 1
        ? `// No second encode, no second uplink.
await client.share(${quote(step.streamId)}, ${quote(step.roomId)});`
        : `await client.publish(${quote(step.streamId)}, { roomId: ${quote(step.roomId)}, media });`;
    case 'unshare':
      return `// Without its last room the stream ends.
await client.unshare(${quote(step.streamId)}, ${quote(step.roomId)});`;
    case 'mute':
      return `// In this room only. Without a room: in all of them.
await client.mute(${quote(step.streamId)}, ${quote(step.kind)}, ${step.isMuted}, ${quote(step.roomId)});`;
    case 'device': {
      const [input, other, list] =
        step.device === 'camera'
          ? ['videoInput', 'audio', 'getVideoTracks']
          : ['audioInput', 'video', 'getAudioTracks'];
      return `import { capture } from '@polyroom/sdk';

const captured = await capture({ camera: { ${input}: deviceId, ${other}: false } });
for (const track of captured.${list}()) {
  await client.replaceTrack(media, track); // viewers notice no gap
}`;
    }
    case 'play':
      return `// A stream that several rooms show is received once.
await client.subscribe(${quote(step.streamId)}, { roomId: ${quote(step.roomId)}, element: video });`;
    case 'stop':
      return `// Continues while another room plays it.
await client.unsubscribe(${quote(step.streamId)}, ${quote(step.roomId)});`;
    case 'message':
      return `client.on('messagesReceived', ({ roomId, messages }) => {
  messages.forEach(({ from, text }) => console.log(roomId, from.userName, text));
});
await client.send(${quote(step.roomId)}, ${quote(step.text)}); // stored, in the order of the room`;
    case 'barrage':
      return `client.on('droppableMessagesReceived', ({ roomId, messages }) => {
  messages.forEach(({ from, text }) => console.log(roomId, from.userName, text));
});
await client.sendDroppable(${quote(step.roomId)}, ${quote(step.text)}); // may be dropped under load`;
    case 'command':
      return `client.on('commandReceived', ({ roomId, from, text }) => console.log(roomId, from.userName, text));
await client.sendCommand(${quote(step.roomId)}, ${quote(step.text)}${step.userIds.length > 0 ? `, ${quoteAll(step.userIds)}` : ''});`;
    case 'attribute':
      return `client.on('attributesChanged', ({ roomId, attributes }) => {
  attributes.forEach(({ key, value }) => console.log(roomId, key, value));
});
await client.setAttribute(${quote(step.roomId)}, ${quote(step.key)}, ${quote(step.value)});${step.value === '' ? ' // deletes it' : ''}`;
    case 'token':
      return `client.on('tokenWillExpire', async ({ roomId }) => {
  await client.renewToken(roomId, await fetchToken(roomId));
});
for (const roomId of ${quoteAll(step.roomIds)}) {
  await client.renewToken(roomId, token);
}`;
    case 'network':
      return `// Without a connection every room is 'reconnecting' (1002051). Then one request resumes all of them.
client.on('roomStateChanged', ({ roomId, state, error }) => {
  console.log(roomId, state, error?.code);
});`;
  }
}
