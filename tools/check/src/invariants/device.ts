/** The answer to a login or logout; code 0 = success. */
export interface Answer {
  code: number;
  epoch?: number;
  sessionId?: string;
  /** In the answer to a resume: the rooms that the session still has. */
  roomIds?: string[];
}

/** The path by which operations reach the rules. */
export const paths = ['gateway', 'bus', 'store', 'naive'] as const;
export type Path = (typeof paths)[number];

/** One device of a user. No call throws: an unknown outcome has a code of its own. */
export interface Device {
  readonly path: Path;
  /** Whether it remains usable after all its rooms were left. */
  readonly survivesEnd: boolean;
  /** Whether a cut keeps its rooms for the grace, or ends them. */
  readonly hasGrace: boolean;
  /** When it lost its connection without being asked to. */
  readonly lostAtMs: number | undefined;
  login(roomId: string, requestId: number): Promise<Answer>;
  logout(roomId: string, epoch: number | undefined): Promise<Answer>;
  /** Leaves one room for another in one operation, if the path supports that. */
  switchRoom?(fromRoomId: string, toRoomId: string): Promise<Answer>;
  /** Loses its connection and resumes its session at once, if the path supports that. */
  resume?(): Promise<Answer>;
  /** Leaves all rooms. */
  end(): Promise<Answer>;
  /** Disconnects without a logout. */
  cut(): Promise<void>;
}

/** No answer, or an answer that leaves the outcome open. */
export const unknownCode = -1;
