import { Client } from '@polyroom/sdk';

/** Plays the stream that the address names; the title reports the outcome. */
async function play(video) {
  const { appId, appSign, roomId, server, streamId, userId } = Object.fromEntries(
    new URLSearchParams(location.search),
  );
  const client = new Client({ appId: Number(appId), appSign, server });
  await client.join(roomId, { user: { userId, userName: userId } });
  await client.subscribe(streamId, { roomId, element: video });
  while (video.getVideoPlaybackQuality().totalVideoFrames < 20) {
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  await client.send(roomId, 'played');
  await client.close();
}

play(document.getElementById('video')).then(
  () => (document.title = 'played'),
  (error) => (document.title = `failed: ${error.message}`),
);
