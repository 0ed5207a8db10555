/** What a login or logout was answered with; 0 = it was done. */
export interface Answer {
  code: number;
  epoch?: number;
  sessionId?: string;
  /** Of a resume: the rooms that the session still has. */
  roomIds?: string[];
}

/** By which way operations reach the rules. */
export const paths = ['gateway', 'bus', 'store', 'naive'] as const;
export type Path = (typeof paths)[number];

/** One device of a user. None of its calls throws: what is not known has a code that says so. */
export interface Device {
  readonly path: Path;
  /** Whether it can be used on after all its rooms were left. */
  readonly survivesEnd: boolean;
  /** Whether a cut keeps its rooms for the grace, or ends them. */
  readonly hasGrace: boolean;
  /** When it lost its connection by itself. */
  readonly lostAtMs: number | undefined;
  login(roomId: string, requestId: number): Promise<Answer>;
  logout(roomId: string, epoch: number | undefined): Promise<Answer>;
  /** Leaves one room for another in one move, where the path has that. */
  switchRoom?(fromRoomId: string, toRoomId: string): Promise<Answer>;
  /** Loses its connection and takes its session up again at once, where the path has that. */
  resume?(): Promise<Answer>;
  /** Leaves all rooms. */
  end(): Promise<Answer>;
  /** Goes without a word. */
  cut(): Promise<void>;
}

/** No answer, or none that says what happened. */
export const unknownCode = -1;
