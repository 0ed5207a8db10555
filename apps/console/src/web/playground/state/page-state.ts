import { type MediaKind } from '@polyroom/sdk';

export type Source = 'camera' | 'screen';

/** The user and the app, and how they connect. */
export interface Identity {
  /** As the user types it. */
  appId: string;
  userId: string;
  /** Empty: the user ID. */
  userName: string;
  /** Of an app that is no demo; empty if a token or a demo is used. */
  appSign: string;
  token: string;
  /** The gateway that is tried first; empty: the first one of the page. */
  gateway: string;
  roomMode: 'multi' | 'single';
}

/** What a reload keeps. */
export interface PageState extends Identity {
  /** Whether the user has joined; false shows the form. */
  isIn: boolean;
  /** Rooms on the page: entered, or refused. */
  roomIds: readonly string[];
  /** What is published, once for all rooms. */
  source: Source | undefined;
  /** The rooms that show it. */
  shownIn: readonly string[];
  /** Kinds that are muted, by room. */
  muted: Readonly<Record<string, readonly MediaKind[]>>;
  /** Streams that are played, by room. */
  played: Readonly<Record<string, readonly string[]>>;
  /** Device IDs; undefined: the browser's choice. */
  camera: string | undefined;
  microphone: string | undefined;
}

export type PageAction =
  | { type: 'enter'; identity: Identity; roomIds: readonly string[] }
  | { type: 'leaveAll' }
  | { type: 'addRooms'; roomIds: readonly string[] }
  | { type: 'removeRoom'; roomId: string }
  | { type: 'replaceRoom'; from: string; to: string }
  | { type: 'show'; roomId: string; isShown: boolean }
  | { type: 'mute'; roomId: string; kind: MediaKind; isMuted: boolean }
  | { type: 'play'; roomId: string; streamId: string; isPlayed: boolean }
  | { type: 'source'; source: Source | undefined }
  | { type: 'device'; device: 'camera' | 'microphone'; deviceId: string | undefined }
  | { type: 'token'; token: string };

/** Nothing is published, muted or played. */
export const atRest = {
  roomIds: [],
  source: undefined,
  shownIn: [],
  muted: {},
  played: {},
} as const satisfies Partial<PageState>;

export function reducePage(state: PageState, action: PageAction): PageState {
  switch (action.type) {
    case 'enter':
      return { ...state, ...action.identity, ...atRest, isIn: true, roomIds: action.roomIds };
    case 'leaveAll':
      return { ...state, ...atRest, isIn: false };
    case 'addRooms':
      return { ...state, roomIds: [...new Set([...state.roomIds, ...action.roomIds])] };
    case 'removeRoom':
      return withoutRoom(state, action.roomId);
    case 'replaceRoom': {
      const { from, to } = action;
      const wasShown = state.shownIn.includes(from);
      const muted = state.muted[from];
      const replaced = {
        ...withoutRoom(state, from),
        roomIds: [...new Set(state.roomIds.map((roomId) => (roomId === from ? to : roomId)))],
      };
      return wasShown
        ? {
            ...replaced,
            shownIn: [...new Set([...replaced.shownIn, to])],
            muted: { ...replaced.muted, ...(muted && { [to]: muted }) },
          }
        : replaced;
    }
    case 'show': {
      const { isShown, roomId } = action;
      // Ticked again, a room starts without mutes.
      return {
        ...state,
        source: isShown ? (state.source ?? 'camera') : state.source,
        shownIn: toggle(state.shownIn, roomId, isShown),
        muted: without(state.muted, roomId),
      };
    }
    case 'mute': {
      const { isMuted, kind, roomId } = action;
      return {
        ...state,
        muted: { ...state.muted, [roomId]: toggle(state.muted[roomId] ?? [], kind, isMuted) },
      };
    }
    case 'play': {
      const { isPlayed, roomId, streamId } = action;
      return {
        ...state,
        played: { ...state.played, [roomId]: toggle(state.played[roomId] ?? [], streamId, isPlayed) },
      };
    }
    case 'source':
      return { ...state, source: action.source };
    case 'device':
      return { ...state, [action.device]: action.deviceId };
    case 'token':
      return { ...state, token: action.token };
  }
}

function toggle<Item>(list: readonly Item[], item: Item, isIn: boolean): readonly Item[] {
  const others = list.filter((each) => each !== item);
  return isIn ? [...others, item] : others;
}

function without<Value>(record: Readonly<Record<string, Value>>, key: string): Record<string, Value> {
  const { [key]: _, ...others } = record;
  return others;
}

function withoutRoom(state: PageState, roomId: string): PageState {
  return {
    ...state,
    roomIds: state.roomIds.filter((each) => each !== roomId),
    shownIn: state.shownIn.filter((each) => each !== roomId),
    muted: without(state.muted, roomId),
    played: without(state.played, roomId),
  };
}

/** Kinds that a publication starts with muted: those of any of its rooms, until each room has its own mutes. */
export function mutedAtStart({ muted, shownIn }: Pick<PageState, 'muted' | 'shownIn'>): MediaKind[] {
  return [...new Set(shownIn.flatMap((roomId) => muted[roomId] ?? []))];
}
