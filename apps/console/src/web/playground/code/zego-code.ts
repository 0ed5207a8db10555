import { quote, quoteAll, type Setup, type Step } from './step.js';
import { zegoSharedCode } from './zego-shared-code.js';

/** Calls of `@polyroom/zego`, the names of ZEGO's native SDKs. `engine`, `mediaStream` and `video` are of the application. */
export function zegoCode(step: Step, setup: Setup): string {
  switch (step.type) {
    case 'join':
      return `import { ZegoExpressEngine, ZegoRoomMode } from '@polyroom/zego';

ZegoExpressEngine.setRoomMode(ZegoRoomMode.${setup.roomMode === 'single' ? 'SingleRoom' : 'MultiRoom'}); // before the engine exists, or 1001020
const engine = await ZegoExpressEngine.createEngineWithProfile({
  appID: ${setup.appId},
  server: ${quoteAll(setup.server)},
});
const user = { userID: ${quote(setup.user.userId)}, userName: ${quote(setup.user.userName)} };
for (const roomID of ${quoteAll(step.roomIds)}) {
  const token = await fetchToken(roomID); // from your server
  const { errorCode } = await engine.loginRoom(roomID, user, { token, isUserStatusNotify: true });
  console.log(roomID, errorCode); // 0, or 1002036, 1002037, …
}`;
    case 'leave':
      return `// Ends what was published and played for this room; the others continue.
await engine.logoutRoom(${quote(step.roomId)});`;
    case 'leaveAll':
      return `await engine.logoutRoom(); // all rooms`;
    case 'move':
      return `// One step: it does not count against the limit of rooms.
await engine.switchRoom(${quote(step.from)}, ${quote(step.to)});`;
    case 'publish': {
      const [first, ...others] = step.roomIds;
      const source =
        step.source === 'screen' ? '{ screen: true }' : '{ camera: { audio: true, video: true } }';
      return [
        `import { ZegoPublishChannel } from '@polyroom/zego';\n`,
        `const mediaStream = await engine.createStream(${source});`,
        ...(first === undefined
          ? [`// Not published yet: tick a room.`]
          : [
              `await engine.startPublishingStream(${quote(step.streamId)}, ZegoPublishChannel.Main, { roomID: ${quote(first)}, mediaStream });`,
            ]),
        ...others.map(
          (roomId) =>
            `await engine.shareStream(${quote(step.streamId)}, ${quote(roomId)}); // no second encode`,
        ),
      ].join('\n');
    }
    case 'unpublish':
      return `await engine.stopPublishingStream(${quote(step.streamId)}); // in all rooms
engine.destroyStream(mediaStream);`;
    case 'share':
      return step.roomIds.length > 1
        ? `// Polyroom's own call: no second encode, no second uplink.
await engine.shareStream(${quote(step.streamId)}, ${quote(step.roomId)});`
        : `import { ZegoPublishChannel } from '@polyroom/zego';

await engine.startPublishingStream(${quote(step.streamId)}, ZegoPublishChannel.Main, { roomID: ${quote(step.roomId)}, mediaStream });`;
    case 'unshare':
      return `// Without its last room the stream ends.
await engine.unshareStream(${quote(step.streamId)}, ${quote(step.roomId)});`;
    case 'mute':
      return `import { ZegoPublishChannel } from '@polyroom/zego';

// The room is Polyroom's own argument: without it, in all rooms.
await engine.mutePublishStream${step.kind === 'audio' ? 'Audio' : 'Video'}(${step.isMuted}, ZegoPublishChannel.Main, ${quote(step.roomId)});`;
    case 'device': {
      const [input, other, list] =
        step.device === 'camera'
          ? ['videoInput', 'audio', 'getVideoTracks']
          : ['audioInput', 'video', 'getAudioTracks'];
      return `const captured = await engine.createStream({ camera: { ${input}: deviceId, ${other}: false } });
for (const track of captured.${list}()) {
  await engine.replaceTrack(mediaStream, track); // viewers notice no gap
}`;
    }
    case 'play':
      return `// A stream that several rooms show is received once.
await engine.startPlayingStream(${quote(step.streamId)}, video, { roomID: ${quote(step.roomId)} });`;
    case 'stop':
      return `// Continues while another room plays it.
await engine.stopPlayingStream(${quote(step.streamId)}, ${quote(step.roomId)});`;
    case 'command': {
      const users = step.userIds.map((userId) => `ZegoUser.id(${quote(userId)})`).join(', ');
      return `${step.userIds.length > 0 ? "import { ZegoUser } from '@polyroom/zego';\n\n" : ''}engine.on('IMRecvCustomCommand', (roomID, fromUser, command) => {
  console.log(roomID, fromUser.userName, command);
});
const { errorCode } = await engine.sendCustomCommand(${quote(step.roomId)}, ${quote(step.text)}, [${users}]);${step.userIds.length > 0 ? '' : ' // all members'}`;
    }
    case 'message':
    case 'barrage':
    case 'attribute':
      return zegoSharedCode(step);
    case 'token':
      return `engine.on('roomTokenWillExpire', async (roomID) => {
  await engine.renewToken(roomID, await fetchToken(roomID));
});
for (const roomID of ${quoteAll(step.roomIds)}) {
  await engine.renewToken(roomID, token);
}`;
    case 'network':
      return `import { ZegoRoomStateChangedReason } from '@polyroom/zego';

// Without a connection every room is Reconnecting (1002051). Then one request resumes all of them.
engine.on('roomStateChanged', (roomID, reason, errorCode) => {
  console.log(roomID, ZegoRoomStateChangedReason[reason], errorCode);
});`;
  }
}
