// A bot that publishes video and a tone until its standard input ends. With PLAY_STREAM_ID it plays that stream until it
// has received both. Environment: APP_ID, APP_SIGN, SERVER, ROOM_ID, and STREAM_ID or PLAY_STREAM_ID.
import wrtc from '@roamhq/wrtc';
import { Client } from '@polyroom/sdk';
import { nodePlatform } from '@polyroom/sdk/node';

const { APP_ID, APP_SIGN, PLAY_STREAM_ID, ROOM_ID, SERVER, STREAM_ID } = process.env;
const { RTCAudioSink, RTCAudioSource, RTCVideoSink, RTCVideoSource } = wrtc.nonstandard;
const [width, height] = [320, 240];
const [sampleRate, samplesPerFrame] = [48_000, 480];

function startCamera() {
  const video = new RTCVideoSource();
  const audio = new RTCAudioSource();
  let frames = 0;
  setInterval(() => {
    frames += 1;
    const data = new Uint8ClampedArray(width * height * 1.5).fill(128);
    data.fill((frames * 16) % 256, 0, (width * height) / 2);
    video.onFrame({ width, height, data });
  }, 66);
  let sample = 0;
  setInterval(() => {
    const samples = Int16Array.from({ length: samplesPerFrame }, () => {
      sample += 1;
      return 8000 * Math.sin((2 * Math.PI * 440 * sample) / sampleRate);
    });
    audio.onData({
      samples,
      sampleRate,
      bitsPerSample: 16,
      channelCount: 1,
      numberOfFrames: samplesPerFrame,
    });
  }, 10);
  return new wrtc.MediaStream([audio.createTrack(), video.createTrack()]);
}

function receive(stream) {
  const counts = { frames: 0, loudest: 0 };
  const [videoTrack] = stream.getVideoTracks();
  const [audioTrack] = stream.getAudioTracks();
  new RTCVideoSink(videoTrack).onframe = () => (counts.frames += 1);
  new RTCAudioSink(audioTrack).ondata = ({ samples }) => {
    counts.loudest = samples.reduce((max, sample) => Math.max(max, sample), counts.loudest);
  };
  return counts;
}

const client = new Client({
  appId: Number(APP_ID),
  appSign: APP_SIGN,
  server: SERVER,
  platform: nodePlatform(wrtc),
});
await client.join(ROOM_ID, { user: { userId: `bot-${process.pid}`, userName: 'Bot' } });
if (PLAY_STREAM_ID === undefined) {
  await client.publish(STREAM_ID, { roomId: ROOM_ID, media: startCamera() });
  console.log('published');
  await new Promise((resolve) => process.stdin.resume().once('end', resolve));
} else {
  const counts = receive(await client.subscribe(PLAY_STREAM_ID, { roomId: ROOM_ID }));
  while (counts.frames < 20 || counts.loudest < 1000) {
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  console.log('received');
}
await client.close();
// The timers of the camera.
process.exit(0);
