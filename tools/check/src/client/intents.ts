import { type Call, type CallFailure, describeCall } from './calls.js';

interface NotedCall {
  call: Call;
  outcome: 'pending' | 'done' | 'failed';
}

/** Failures of a call that a later one has superseded. */
const superseded = new Set(['PLAYER_STREAM_WAS_NOT_PLAYED', 'CALL_ABORTED']);

/** The state that an application expects after its calls. */
export interface IntendedState {
  roomIds: Set<string>;
  /** Rooms by published stream. */
  publications: Map<string, Set<string>>;
  /** By stream: the muted kinds, as `kind room`, or `kind` for all rooms. */
  mutes: Map<string, Set<string>>;
  /** Rooms by played stream. */
  subscriptions: Map<string, Set<string>>;
}

/**
 * The calls of one client in their order, with their outcomes. The expected state follows from them: calls that
 * end something count from the moment of the call, calls that start something if they have succeeded.
 */
export class Intents {
  private readonly calls: NotedCall[] = [];

  /** Returns what is to be called with the outcome; it returns a violation, if the outcome is one. */
  note(call: Call): (failure: CallFailure | undefined) => string | undefined {
    const noted: NotedCall = { call, outcome: 'pending' };
    this.calls.push(noted);
    return (failure) => {
      noted.outcome = failure === undefined ? 'done' : 'failed';
      return failure === undefined ? undefined : this.findViolation(noted, failure);
    };
  }

  get pending(): string[] {
    return this.calls.filter(({ outcome }) => outcome === 'pending').map(({ call }) => describeCall(call));
  }

  /** Whether an attribute was set by one of the calls, successfully or not. */
  hasSet(roomId: string, key: string): boolean {
    return this.calls.some(
      ({ call }) => call.kind === 'setAttribute' && call.roomId === roomId && call.key === key,
    );
  }

  /** The texts of the messages that are stored. */
  sentTo(roomId: string): string[] {
    return this.calls.flatMap(({ call, outcome }) =>
      call.kind === 'send' && call.roomId === roomId && outcome === 'done' ? [call.text] : [],
    );
  }

  /** The state after all calls. */
  get state(): IntendedState {
    const state: IntendedState = {
      roomIds: new Set(),
      publications: new Map(),
      mutes: new Map(),
      subscriptions: new Map(),
    };
    for (const { call, outcome } of this.calls) {
      apply(state, call, outcome === 'done');
    }
    return state;
  }

  private findViolation(noted: NotedCall, failure: CallFailure): string | undefined {
    const { call } = noted;
    const text = `${describeCall(call)} failed with ${failure.errorName ?? failure.type}: ${failure.message}`;
    if (failure.errorName === undefined) {
      return `${text}, which is no error of the SDK`;
    }
    const isSuperseded = superseded.has(failure.errorName) || failure.problem === 'stopped';
    if (
      isSuperseded &&
      !this.calls.slice(this.calls.indexOf(noted) + 1).some((later) => ends(later.call, call))
    ) {
      return `${text}, but no later call ended it`;
    }
    return undefined;
  }
}

/** Whether a call ends the intent of an earlier one. */
function ends(later: Call, earlier: Call): boolean {
  if (!('streamId' in earlier) || !('roomId' in earlier)) {
    return true;
  }
  switch (later.kind) {
    case 'leave':
      return later.roomId === undefined || later.roomId === earlier.roomId;
    case 'unpublish':
    case 'endDevice':
      return later.streamId === earlier.streamId;
    case 'unshare':
      return later.streamId === earlier.streamId && later.roomId === earlier.roomId;
    case 'unsubscribe':
      return (
        later.streamId === earlier.streamId && (later.roomId === undefined || later.roomId === earlier.roomId)
      );
    default:
      return false;
  }
}

function apply(state: IntendedState, call: Call, isDone: boolean): void {
  const { mutes, publications, roomIds, subscriptions } = state;
  switch (call.kind) {
    case 'leave':
      for (const roomId of call.roomId === undefined ? [...roomIds] : [call.roomId]) {
        roomIds.delete(roomId);
        for (const streams of [publications, subscriptions]) {
          [...streams.keys()].forEach((streamId) => removeRoom(streams, streamId, roomId));
        }
        forgetMutes(mutes.values(), roomId);
      }
      break;
    case 'unpublish':
    case 'endDevice':
      publications.delete(call.streamId);
      break;
    case 'unsubscribe':
      for (const roomId of call.roomId === undefined ? [...roomIds] : [call.roomId]) {
        removeRoom(subscriptions, call.streamId, roomId);
      }
      break;
    case 'join':
      if (isDone) {
        roomIds.add(call.roomId);
      }
      break;
    case 'publish':
      if (isDone && roomIds.has(call.roomId)) {
        publications.set(call.streamId, new Set([call.roomId]));
        mutes.set(call.streamId, new Set());
      }
      break;
    case 'share':
      // Also after a removal from its only room that had not been answered: the later call counts.
      if (isDone && roomIds.has(call.roomId)) {
        const rooms = publications.get(call.streamId) ?? new Set();
        publications.set(call.streamId, rooms.add(call.roomId));
      }
      break;
    case 'unshare':
      if (isDone) {
        removeRoom(publications, call.streamId, call.roomId);
        forgetMutes([mutes.get(call.streamId) ?? new Set()], call.roomId);
      }
      break;
    case 'mute':
      if (isDone) {
        const mute = call.roomId === undefined ? call.media : `${call.media} ${call.roomId}`;
        mutes.get(call.streamId)?.[call.muted ? 'add' : 'delete'](mute);
      }
      break;
    case 'subscribe':
      if (isDone && roomIds.has(call.roomId)) {
        const rooms = subscriptions.get(call.streamId) ?? new Set();
        subscriptions.set(call.streamId, rooms.add(call.roomId));
      }
      break;
    case 'send':
    case 'setAttribute':
      break;
  }
}

/** A stream without rooms has ended. */
function removeRoom(streams: Map<string, Set<string>>, streamId: string, roomId: string): void {
  const rooms = streams.get(streamId);
  if (rooms?.delete(roomId) && rooms.size === 0) {
    streams.delete(streamId);
  }
}

/** A room that no longer shows a stream has no mutes of it. */
function forgetMutes(mutes: Iterable<Set<string>>, roomId: string): void {
  for (const muted of mutes) {
    kinds.forEach((kind) => muted.delete(`${kind} ${roomId}`));
  }
}

const kinds = ['audio', 'video'] as const;

/** The kinds of a published stream that are muted in a room. */
export function mutedKindsIn({ mutes }: IntendedState, streamId: string, roomId: string): string[] {
  const muted = mutes.get(streamId) ?? new Set();
  return kinds.filter((kind) => muted.has(kind) || muted.has(`${kind} ${roomId}`));
}
