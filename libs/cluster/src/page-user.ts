import { type PlayStats, type UplinkStats, type UserOptions, type UserRecord } from './user-record.js';

/** Globals of code that runs in the page. */
export interface Harness {
  user: {
    login(roomId: string, userId: string): Promise<number>;
    logout(roomId?: string): Promise<void>;
    publish(streamId: string, roomId: string, audio: string): Promise<void>;
    publishAudio(streamId: string, roomId: string, channel: number): Promise<void>;
    switchCameraOn(streamId: string): Promise<void>;
    share(streamId: string, roomId: string): Promise<void>;
    stopPublishing(streamId: string): Promise<void>;
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

/** Runs in the page before its own scripts: counts the connections that the SDK opens. */
export function countConnections(): void {
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

/** Runs in the page: one engine, driven through the SDK's public API only. */
export async function createUser(options: UserOptions): Promise<void> {
  const page = window as never as {
    // The SDK's own types are not available to code that runs in the page.
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
  const userUpdates: unknown[] = [];
  const streamUpdates: unknown[] = [];
  const streamMutes: unknown[] = [];
  const messages: unknown[] = [];
  const messagesLost: unknown[] = [];
  const playerStates: unknown[] = [];
  const publisherStates: unknown[] = [];
  engine.on('roomStateChanged', (roomID: string, reason: number, errorCode: number) =>
    roomStates.push({ roomID, reason, errorCode }),
  );
  engine.on('roomUserUpdate', (roomID: string, updateType: number, users: { userID: string }[]) =>
    userUpdates.push({ roomID, updateType, userIDs: users.map((user) => user.userID) }),
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
  engine.on('publisherStateUpdate', (state: unknown) => publisherStates.push(state));

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
    async publishAudio(streamId: string, roomId: string, channel: number) {
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
    async publish(streamId: string, roomId: string, audio: string) {
      const mediaStream = await navigator.mediaDevices.getUserMedia({
        audio: true,
        video: { width: 320, height: 240, frameRate: 20 },
      });
      if (audio === 'tone') {
        replaceByTone(mediaStream);
      }
      await engine.startPublishingStream(streamId, 0, { roomID: roomId, mediaStream });
    },
    stopPublishing: (streamId: string) => engine.stopPublishingStream(streamId),
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
        // Playback starts with the first frame, which may be later.
        void video.play().catch(() => undefined);
        watchFrames(video);
      }
    },
    mute: (kind: string, muted: boolean, roomId?: string) =>
      kind === 'audio'
        ? engine.mutePublishStreamAudio(muted, 0, roomId)
        : engine.mutePublishStreamVideo(muted, 0, roomId),
    listenToLevels: () => engine.startSoundLevelMonitor({ millisecond: 100 }),
    /** The longest time between two frames since the last call, including the current gap. */
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
      userUpdates,
      streamUpdates,
      streamMutes,
      messages,
      messagesLost,
      playerStates,
      publisherStates,
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
