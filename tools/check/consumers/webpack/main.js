import { ZegoExpressEngine } from '@polyroom/zego/web';

/** Plays the stream that the address names; the title reports the outcome. */
async function play(video) {
  const { appId, appSign, roomId, server, streamId, userId } = Object.fromEntries(
    new URLSearchParams(location.search),
  );
  const engine = new ZegoExpressEngine(Number(appId), server, { appSign });
  engine.enableMultiRoom(true);
  await engine.loginRoom(roomId, '', { userID: userId, userName: userId });
  video.srcObject = await engine.startPlayingStream(streamId);
  await video.play();
  while (video.getVideoPlaybackQuality().totalVideoFrames < 20) {
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  await engine.sendBroadcastMessage(roomId, 'played');
  engine.logoutRoom();
}

play(document.getElementById('video')).then(
  () => (document.title = 'played'),
  (error) => (document.title = `failed: ${error.message}`),
);
