import { quote, quoteAll, type Setup, type Step } from './step.js';
import { zegoSharedCode } from './zego-shared-code.js';

/** Calls of `@polyroom/zego/web`, the names of ZEGO's Web SDK. `engine`, `localStream` and `video` are of the application. */
export function zegoWebCode(step: Step, setup: Setup): string {
  switch (step.type) {
    case 'join':
      return `import { ZegoExpressEngine } from '@polyroom/zego/web';

const engine = new ZegoExpressEngine(${setup.appId}, ${quoteAll(setup.server)});${setup.roomMode === 'multi' ? '\nengine.enableMultiRoom(true); // before the first login' : ''}
const user = { userID: ${quote(setup.user.userId)}, userName: ${quote(setup.user.userName)} };
for (const roomID of ${quoteAll(step.roomIds)}) {
  const token = await fetchToken(roomID); // from your server
  await engine.loginRoom(roomID, token, user, { userUpdate: true }); // rejects with 1002036, 1002037, …
}`;
    case 'leave':
      return `// Ends what was published and played for this room; the others continue.
engine.logoutRoom(${quote(step.roomId)});`;
    case 'leaveAll':
      return `engine.logoutRoom(); // all rooms`;
    case 'move':
      return `// One step: it does not count against the limit of rooms.
await engine.switchRoom(${quote(step.from)}, ${quote(step.to)});`;
    case 'publish': {
      const [first, ...others] = step.roomIds;
      const source =
        step.source === 'screen' ? '{ screen: true }' : '{ camera: { audio: true, video: true } }';
      return [
        `const localStream = await engine.createStream(${source});`,
        ...(first === undefined
          ? [`// Not published yet: tick a room.`]
          : [
              `engine.startPublishingStream(${quote(step.streamId)}, localStream, { roomID: ${quote(first)} });`,
            ]),
        ...(others.length > 0
          ? [`// ZEGO's Web SDK cannot share: each further room is another stream, encoded again.`]
          : []),
        ...others.map(
          (roomId, index) =>
            `engine.startPublishingStream(${quote(`${step.streamId}-${index + 2}`)}, localStream, { roomID: ${quote(roomId)} });`,
        ),
      ].join('\n');
    }
    case 'unpublish':
      return `engine.stopPublishingStream(${quote(step.streamId)}); // in all rooms
engine.destroyStream(localStream);`;
    case 'share': {
      const number = step.roomIds.length;
      return number > 1
        ? `// ZEGO's Web SDK cannot share: this is another stream, encoded again. \`client.share\` of @polyroom/sdk can.
engine.startPublishingStream(${quote(`${step.streamId}-${number}`)}, localStream, { roomID: ${quote(step.roomId)} });`
        : `engine.startPublishingStream(${quote(step.streamId)}, localStream, { roomID: ${quote(step.roomId)} });`;
    }
    case 'unshare':
      return `// Stops the stream of this room.
engine.stopPublishingStream(${quote(step.streamId)});`;
    case 'mute':
      return `// In all rooms: ZEGO's Web SDK mutes the local stream. \`client.mute\` of @polyroom/sdk can name a room.
engine.mutePublishStream${step.kind === 'audio' ? 'Audio' : 'Video'}(localStream, ${step.isMuted});`;
    case 'device':
      return `await engine.use${step.device === 'camera' ? 'Video' : 'Audio'}Device(localStream, deviceId);`;
    case 'play':
      return `// Needs no room: it plays in the rooms that show the stream.
video.srcObject = await engine.startPlayingStream(${quote(step.streamId)});`;
    case 'stop':
      return `// In all rooms.
engine.stopPlayingStream(${quote(step.streamId)});`;
    case 'command':
      return `engine.on('IMRecvCustomCommand', (roomID, fromUser, command) => {
  console.log(roomID, fromUser.userName, command);
});
const { errorCode } = await engine.sendCustomCommand(${quote(step.roomId)}, ${quote(step.text)}, ${quoteAll(step.userIds)});${step.userIds.length > 0 ? '' : ' // all members'}`;
    case 'message':
    case 'barrage':
    case 'attribute':
      return zegoSharedCode(step);
    case 'token':
      return `engine.on('tokenWillExpire', async (roomID) => {
  engine.renewToken(await fetchToken(roomID), roomID);
});
for (const roomID of ${quoteAll(step.roomIds)}) {
  engine.renewToken(token, roomID);
}`;
    case 'network':
      return `// Without a connection every room is RECONNECTING (1002051). Then one request resumes all of them.
engine.on('roomStateChanged', (roomID, reason, errorCode) => {
  console.log(roomID, reason, errorCode);
});`;
  }
}
