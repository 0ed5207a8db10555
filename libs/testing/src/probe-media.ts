import { spawnSync } from 'node:child_process';

/** A file with audio, video or both, as a player sees it. */
export interface MediaFile {
  /** By kind: the codec, and the number of decoded frames. */
  tracks: Partial<Record<'audio' | 'video', { codec: string; frames: number }>>;
  /** Heights of the video frames, in order of first appearance. */
  heights: number[];
  seconds: number;
  /** ffmpeg's errors when decoding the file. */
  complaints: string;
}

/** Reads and decodes a file with Debian's ffmpeg. */
export function probeMedia(file: string): MediaFile {
  const entries = 'stream=codec_type,codec_name,nb_read_frames:format=duration:frame=media_type,height';
  const probe = ['-v', 'error', '-count_frames', '-show_entries', entries, '-of', 'json', file];
  const { stdout } = spawnSync('ffprobe', probe, { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
  const { format, frames, streams } = JSON.parse(stdout) as {
    streams: { codec_type: 'audio' | 'video'; codec_name: string; nb_read_frames: string }[];
    frames: { height?: number }[];
    format: { duration: string };
  };
  // In milliseconds, as in the file: at a guessed frame rate two frames may merge.
  const decode = ['-v', 'error', '-i', file, '-enc_time_base', '1:1000', '-f', 'null', '-'];
  const played = spawnSync('ffmpeg', decode, { encoding: 'utf8' });
  return {
    tracks: Object.fromEntries(
      streams.map(({ codec_name, codec_type, nb_read_frames }) => [
        codec_type,
        { codec: codec_name, frames: Number(nb_read_frames) },
      ]),
    ),
    heights: [...new Set(frames.flatMap(({ height }) => height ?? []))],
    seconds: Number(format.duration),
    complaints: played.stderr,
  };
}
