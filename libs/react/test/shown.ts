/** What the page of the specs renders. */
export interface Shown {
  server: string;
  /** One component each. */
  rooms: { roomId: string; chat?: boolean; enabled?: boolean; token?: string }[];
  /** Lists the streams of these rooms. */
  streamsOf?: string[];
  views?: { id: string; streamId: string; roomId: string | string[]; muted?: boolean }[];
  /** Another number of `colours` publishes another video. */
  publish?: { rooms: string[]; colours: number };
  /** Captures the camera that a picker chooses. */
  camera?: boolean;
}
