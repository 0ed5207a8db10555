import { chromiumPath } from '@polyroom/testing';
import { type Browser, chromium, type Page } from 'playwright-core';

const chromiumFlags = [
  '--no-sandbox',
  '--disable-gpu',
  '--use-fake-ui-for-media-stream',
  '--use-fake-device-for-media-stream',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-features=WebRtcHideLocalIpsWithMdns',
  '--autoplay-policy=no-user-gesture-required',
];

export async function launchBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: await chromiumPath(), args: chromiumFlags });
}

export interface UserOptions {
  appId: number;
  appSign: string;
  gatewayUrl: string;
  userId: string;
}

/** What the page records about one user; read with `BrowserUser.record()`. */
export interface UserRecord {
  roomStates: { roomID: string; reason: number; errorCode: number }[];
  streamUpdates: { roomID: string; updateType: number; streamIDs: string[] }[];
  messages: { roomID: string; message: string }[];
  /** Rooms in which messages were missed that are no longer kept. */
  messagesLost: string[];
  /** What operators keep from rooms. */
  streamMutes: { roomID: string; streamID: string; kinds: string[] }[];
  playerStates: { streamID: string; state: number; roomIDs: string[] }[];
  /** The latest of each stream. */
  publisherQuality: Record<string, QualityUpdate>;
  playerQuality: Record<string, QualityUpdate>;
  /** Up and down. */
  networkQuality: [number, number][];
  dominantSpeakers: { roomID: string; userID: string; streamID: string }[];
  /** The loudest so far, after `listenToLevels`. */
  loudest: { captured: number; remote: Record<string, number> };
  /** Open now; and all that ever carried anything (probes of the browser's codecs never do). */
  peerConnections: { open: number; everConnected: number };
  socketsMade: number;
  /** Of the connections that are open. */
  iceServers: RTCIceServer[][];
}

export interface QualityUpdate {
  quality: Record<string, number>;
  roomIDs: string[];
}

export interface PlayStats {
  framesDecoded: number;
  audioPackets: number;
  packetsLost: number;
}

/** What the sending peer connections count over all their outbound RTP. */
export interface UplinkStats {
  packetsSent: number;
  bytesSent: number;
  /** How often it was asked for a key frame, and how many it made. */
  keyFrameRequests: number;
  keyFrames: number;
}

/** One user: a page of its own in a real browser with the SDK loaded. */
export class BrowserUser {
  private constructor(
    readonly page: Page,
    readonly userId: string,
    readonly consoleErrors: string[],
  ) {}

  static async open(browser: Browser, consoleUrl: string, options: UserOptions): Promise<BrowserUser> {
    const context = await browser.newContext({ permissions: ['camera', 'microphone'] });
    const page = await context.newPage();
    const consoleErrors: string[] = [];
    page.on('pageerror', (error) => consoleErrors.push(error.message));
    await page.addInitScript(countConnections);
    await page.goto(`${consoleUrl}harness.html`);
    await page.waitForFunction('window.polyroom !== undefined');
    await page.evaluate(createUser, options);
    return new BrowserUser(page, options.userId, consoleErrors);
  }

  login(roomId: string): Promise<number> {
    return this.page.evaluate(([room, user]) => (window as never as Harness).user.login(room!, user!), [
      roomId,
      this.userId,
    ] as const);
  }

  logout(roomId?: string): Promise<void> {
    return this.page.evaluate((room) => (window as never as Harness).user.logout(room), roomId);
  }

  /** With the microphone that beeps once in a while, or with a steady tone in its place, as of a voice. */
  publish(streamId: string, roomId: string, sound: 'beep' | 'tone' = 'beep'): Promise<void> {
    return this.page.evaluate(
      ([stream, room, which]) => (window as never as Harness).user.publish(stream, room, which),
      [streamId, roomId, sound] as const,
    );
  }

  /** Sound alone, on a channel of its choice. */
  publishSound(streamId: string, roomId: string, channel: number): Promise<void> {
    return this.page.evaluate(
      ([stream, room, which]) => (window as never as Harness).user.publishSound(stream, room, which),
      [streamId, roomId, channel] as const,
    );
  }

  /** A camera for a stream of `publishSound`, while it is being published. */
  switchCameraOn(streamId: string): Promise<void> {
    return this.page.evaluate((stream) => (window as never as Harness).user.switchCameraOn(stream), streamId);
  }

  unshare(streamId: string, roomId: string): Promise<void> {
    return this.page.evaluate(([stream, room]) => (window as never as Harness).user.unshare(stream!, room!), [
      streamId,
      roomId,
    ] as const);
  }

  share(streamId: string, roomId: string): Promise<void> {
    return this.page.evaluate(([stream, room]) => (window as never as Harness).user.share(stream!, room!), [
      streamId,
      roomId,
    ] as const);
  }

  play(streamId: string, roomId: string): Promise<void> {
    return this.page.evaluate(([stream, room]) => (window as never as Harness).user.play(stream!, room!), [
      streamId,
      roomId,
    ] as const);
  }

  /** Keeps one kind of the main channel's stream from a room, or from all. */
  mute(kind: 'audio' | 'video', muted: boolean, roomId?: string): Promise<void> {
    return this.page.evaluate(
      ([which, value, room]) => (window as never as Harness).user.mute(which, value, room),
      [kind, muted, roomId] as const,
    );
  }

  listenToLevels(): Promise<void> {
    return this.page.evaluate(() => (window as never as Harness).user.listenToLevels());
  }

  /** The longest time between two pictures of a stream since this was asked last; -1 before the first one. */
  takeLongestGapMs(streamId: string): Promise<number> {
    return this.page.evaluate(
      (stream) => (window as never as Harness).user.takeLongestGapMs(stream),
      streamId,
    );
  }

  /** Enters a room and plays a stream there: ms from the one to the first picture of the other. */
  timeToFirstFrame(roomId: string, streamId: string, when: 'at once' | 'when told'): Promise<number> {
    return this.page.evaluate(
      async ([room, stream, userId, playing]) => {
        const { user } = window as never as Harness;
        const startedAtMs = performance.now();
        const entering = user.login(room, userId);
        if (playing === 'when told') {
          await entering;
        }
        await user.play(stream, room);
        await entering;
        while (user.takeLongestGapMs(stream) < 0) {
          if (performance.now() - startedAtMs > 20_000) {
            throw new Error(`no picture of ${stream}`);
          }
          await new Promise((resolve) => setTimeout(resolve, 2));
        }
        return performance.now() - startedAtMs;
      },
      [roomId, streamId, this.userId, when] as const,
    );
  }

  send(roomId: string, text: string): Promise<number> {
    return this.page.evaluate(([room, message]) => (window as never as Harness).user.send(room!, message!), [
      roomId,
      text,
    ] as const);
  }

  record(): Promise<UserRecord> {
    return this.page.evaluate(() => (window as never as Harness).user.record());
  }

  /** What the receiving peer connection counts over all its inbound RTP. */
  playStats(): Promise<PlayStats> {
    return this.page.evaluate(() => (window as never as Harness).user.playStats());
  }

  uplinkStats(): Promise<UplinkStats> {
    return this.page.evaluate(() => (window as never as Harness).user.uplinkStats());
  }

  /** Closes the page without a word, as a user does who closes the tab. Idempotent. */
  async close(): Promise<void> {
    await this.page.context().close();
  }
}

interface Harness {
  user: {
    login(roomId: string, userId: string): Promise<number>;
    logout(roomId?: string): Promise<void>;
    publish(streamId: string, roomId: string, sound: string): Promise<void>;
    publishSound(streamId: string, roomId: string, channel: number): Promise<void>;
    switchCameraOn(streamId: string): Promise<void>;
    share(streamId: string, roomId: string): Promise<void>;
    unshare(streamId: string, roomId: string): Promise<void>;
    play(streamId: string, roomId: string): Promise<void>;
    mute(kind: string, muted: boolean, roomId?: string): Promise<void>;
    listenToLevels(): void;
    takeLongestGapMs(streamId: string): number;
    send(roomId: string, text: string): Promise<number>;
    record(): UserRecord;
    playStats(): Promise<PlayStats>;
    uplinkStats(): Promise<UplinkStats>;
  };
}

/** Runs in the page before its own scripts: counts what the SDK opens. */
function countConnections(): void {
  const page = window as never as {
    madePeers: RTCPeerConnection[];
    connectedPeers: Set<RTCPeerConnection>;
    madeSockets: number;
    RTCPeerConnection: typeof RTCPeerConnection;
    WebSocket: typeof WebSocket;
  };
  page.madePeers = [];
  page.connectedPeers = new Set();
  page.madeSockets = 0;
  page.RTCPeerConnection = class extends RTCPeerConnection {
    constructor(configuration?: RTCConfiguration) {
      super(configuration);
      page.madePeers.push(this);
      this.addEventListener('connectionstatechange', () => {
        if (this.connectionState === 'connected') {
          page.connectedPeers.add(this);
        }
      });
    }
  };
  page.WebSocket = class extends WebSocket {
    constructor(url: string | URL, protocols?: string | string[]) {
      super(url, protocols);
      page.madeSockets++;
    }
  };
}

/** Runs in the page: one engine, driven through the SDK's public face only. */
async function createUser(options: UserOptions): Promise<void> {
  const page = window as never as {
    // The SDK's own types are not in reach of code that runs in the page.
    polyroom: Record<string, never>;
    user: unknown;
    madePeers: RTCPeerConnection[];
    connectedPeers: Set<RTCPeerConnection>;
    madeSockets: number;
  };
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  const { ZegoExpressEngine } = page.polyroom as any;
  ZegoExpressEngine.setRoomMode(1);
  const engine = await ZegoExpressEngine.createEngineWithProfile({
    appID: options.appId,
    appSign: options.appSign,
    server: options.gatewayUrl,
    scenario: 0,
  });
  const roomStates: unknown[] = [];
  const streamUpdates: unknown[] = [];
  const streamMutes: unknown[] = [];
  const messages: unknown[] = [];
  const messagesLost: unknown[] = [];
  const playerStates: unknown[] = [];
  engine.on('roomStateChanged', (roomID: string, reason: number, errorCode: number) =>
    roomStates.push({ roomID, reason, errorCode }),
  );
  engine.on('roomStreamUpdate', (roomID: string, updateType: number, streams: { streamID: string }[]) =>
    streamUpdates.push({ roomID, updateType, streamIDs: streams.map((stream) => stream.streamID) }),
  );
  engine.on('roomStreamMuted', (roomID: string, streamID: string, kinds: string[]) =>
    streamMutes.push({ roomID, streamID, kinds }),
  );
  engine.on('IMRecvBroadcastMessage', (roomID: string, received: { message: string }[]) =>
    received.forEach(({ message }) => messages.push({ roomID, message })),
  );
  engine.on('roomMessagesLost', (roomID: string) => messagesLost.push(roomID));
  engine.on('playerStateUpdate', (state: unknown) => playerStates.push(state));

  const publisherQuality: Record<string, unknown> = {};
  const playerQuality: Record<string, unknown> = {};
  const networkQuality: unknown[] = [];
  const dominantSpeakers: unknown[] = [];
  engine.on('roomDominantSpeakerUpdate', (roomID: string, speaker: object) =>
    dominantSpeakers.push({ roomID, ...speaker }),
  );
  const loudest = { captured: 0, remote: {} as Record<string, number> };
  engine.on('publisherQualityUpdate', (streamID: string, quality: unknown, roomIDs: string[]) => {
    publisherQuality[streamID] = { quality, roomIDs };
  });
  engine.on('playerQualityUpdate', (streamID: string, quality: unknown, roomIDs: string[]) => {
    playerQuality[streamID] = { quality, roomIDs };
  });
  engine.on('networkQuality', (_: string, up: number, down: number) => networkQuality.push([up, down]));
  engine.on('capturedSoundLevelUpdate', (level: number) => {
    loudest.captured = Math.max(loudest.captured, level);
  });
  engine.on('remoteSoundLevelUpdate', (levels: Record<string, number>) => {
    for (const [streamID, level] of Object.entries(levels)) {
      loudest.remote[streamID] = Math.max(loudest.remote[streamID] ?? 0, level);
    }
  });

  const published = new Map<string, MediaStream>();
  const frames = new Map<string, { lastAtMs: number; longestGapMs: number }>();
  function watchFrames(video: HTMLVideoElement): void {
    const frame = { lastAtMs: 0, longestGapMs: 0 };
    frames.set(video.id, frame);
    const count = (nowMs: number): void => {
      frame.longestGapMs = Math.max(frame.longestGapMs, frame.lastAtMs === 0 ? 0 : nowMs - frame.lastAtMs);
      frame.lastAtMs = nowMs;
      video.requestVideoFrameCallback(count);
    };
    video.requestVideoFrameCallback(count);
  }

  function replaceByTone(mediaStream: MediaStream): void {
    const context = new AudioContext();
    const destination = context.createMediaStreamDestination();
    const oscillator = context.createOscillator();
    oscillator.connect(destination);
    oscillator.start();
    mediaStream.getAudioTracks().forEach((track) => {
      track.stop();
      mediaStream.removeTrack(track);
    });
    mediaStream.addTrack(destination.stream.getAudioTracks()[0]!);
  }

  page.user = {
    engine,
    async login(roomId: string, userId: string) {
      const { errorCode } = await engine.loginRoom(
        roomId,
        { userID: userId, userName: `${userId} name` },
        { isUserStatusNotify: true },
      );
      return errorCode;
    },
    async logout(roomId?: string) {
      await engine.logoutRoom(roomId);
    },
    async publishSound(streamId: string, roomId: string, channel: number) {
      const mediaStream = await navigator.mediaDevices.getUserMedia({ audio: true });
      published.set(streamId, mediaStream);
      await engine.startPublishingStream(streamId, channel, { roomID: roomId, mediaStream });
    },
    async switchCameraOn(streamId: string) {
      const camera = await navigator.mediaDevices.getUserMedia({
        video: { width: 320, height: 240, frameRate: 20 },
      });
      await engine.replaceTrack(published.get(streamId), camera.getVideoTracks()[0]);
    },
    async publish(streamId: string, roomId: string, sound: string) {
      const mediaStream = await navigator.mediaDevices.getUserMedia({
        audio: true,
        video: { width: 320, height: 240, frameRate: 20 },
      });
      if (sound === 'tone') {
        replaceByTone(mediaStream);
      }
      await engine.startPublishingStream(streamId, 0, { roomID: roomId, mediaStream });
    },
    share: (streamId: string, roomId: string) => engine.shareStream(streamId, roomId),
    unshare: (streamId: string, roomId: string) => engine.unshareStream(streamId, roomId),
    async play(streamId: string, roomId: string) {
      const mediaStream = (await engine.startPlayingStream(streamId, undefined, {
        roomID: roomId,
      })) as MediaStream;
      if (document.getElementById(streamId) === null) {
        const video = document.createElement('video');
        video.id = streamId;
        video.muted = true;
        video.autoplay = true;
        video.srcObject = mediaStream;
        document.body.append(video);
        // It starts when the first picture comes, which may be later.
        void video.play().catch(() => undefined);
        watchFrames(video);
      }
    },
    mute: (kind: string, muted: boolean, roomId?: string) =>
      kind === 'audio'
        ? engine.mutePublishStreamAudio(muted, 0, roomId)
        : engine.mutePublishStreamVideo(muted, 0, roomId),
    listenToLevels: () => engine.startSoundLevelMonitor({ millisecond: 100 }),
    /** Since it was asked last: the longest time between two pictures, the one under way included. */
    takeLongestGapMs(streamId: string) {
      const frame = frames.get(streamId);
      if (frame === undefined || frame.lastAtMs === 0) {
        return -1;
      }
      const gapMs = Math.max(frame.longestGapMs, performance.now() - frame.lastAtMs);
      frame.longestGapMs = 0;
      return gapMs;
    },
    async send(roomId: string, text: string) {
      const { errorCode } = await engine.sendBroadcastMessage(roomId, text);
      return errorCode;
    },
    record: () => ({
      roomStates,
      streamUpdates,
      streamMutes,
      messages,
      messagesLost,
      playerStates,
      publisherQuality,
      playerQuality,
      networkQuality,
      dominantSpeakers,
      loudest,
      peerConnections: {
        open: page.madePeers.filter((peer) => peer.signalingState !== 'closed').length,
        everConnected: page.connectedPeers.size,
      },
      socketsMade: page.madeSockets,
      iceServers: page.madePeers
        .filter((peer) => peer.signalingState !== 'closed')
        .map((peer) => peer.getConfiguration().iceServers ?? []),
    }),
    async playStats() {
      const totals = { framesDecoded: 0, audioPackets: 0, packetsLost: 0 };
      for (const peer of page.madePeers) {
        // eslint-disable-next-line @typescript-eslint/no-explicit-any
        (await peer.getStats()).forEach((report: any) => {
          if (report.type === 'inbound-rtp' && report.kind === 'video') {
            totals.framesDecoded += report.framesDecoded ?? 0;
            totals.packetsLost += report.packetsLost ?? 0;
          }
          if (report.type === 'inbound-rtp' && report.kind === 'audio') {
            totals.audioPackets += report.packetsReceived ?? 0;
          }
        });
      }
      return totals;
    },
    async uplinkStats() {
      const totals = { packetsSent: 0, bytesSent: 0, keyFrameRequests: 0, keyFrames: 0 };
      for (const peer of page.madePeers) {
        // eslint-disable-next-line @typescript-eslint/no-explicit-any
        (await peer.getStats()).forEach((report: any) => {
          if (report.type === 'outbound-rtp') {
            totals.packetsSent += report.packetsSent ?? 0;
            totals.bytesSent += report.bytesSent ?? 0;
            totals.keyFrameRequests += (report.pliCount ?? 0) + (report.firCount ?? 0);
            totals.keyFrames += report.keyFramesEncoded ?? 0;
          }
        });
      }
      return totals;
    },
  };
}
