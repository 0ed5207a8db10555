import { type MediaKind } from '@polyroom/contracts';

/** The description beside a complete file. */
export interface RecordingNote {
  recordingId: string;
  appId: number;
  roomId?: string;
  streamId: string;
  userId: string;
  startedAt: string;
  endedAt: string;
  durationMs: number;
  bytes: number;
  tracks: { kind: MediaKind; codec: string | undefined }[];
}
