import { type Emitter } from '@polyroom/sdk';
import { illegalArgument } from '../shared/arguments.js';
import { ZegoError } from '../shared/zego-error.js';
import { type ZegoEvents, type ZegoPlayerState, type ZegoPublisherState } from './zego-types.js';

/** Events whose callbacks have ZEGO's positional arguments instead of one object. */
interface StateCallbacks {
  onPublisherStateUpdate?: (
    streamID: string,
    state: ZegoPublisherState,
    errorCode: number,
    extendedData: string,
  ) => void;
  onPlayerStateUpdate?: (
    streamID: string,
    state: ZegoPlayerState,
    errorCode: number,
    extendedData: string,
  ) => void;
}

type StateEvent = 'publisherStateUpdate' | 'playerStateUpdate';

/** ZEGO's callbacks by their native names: `onRoomStateChanged`, `onIMRecvBroadcastMessage` and so on. */
export type ZegoEventHandler = StateCallbacks & {
  [Name in Exclude<keyof ZegoEvents, StateEvent> as `on${Capitalize<Name>}`]?: (
    ...args: ZegoEvents[Name]
  ) => void;
};

/** Calls the one event handler of the application. */
export class EventHandlers {
  private disposers: (() => void)[] | undefined;

  constructor(private readonly events: Emitter<ZegoEvents>) {}

  /** Throws 1000008 if a handler is set; null removes it. */
  set(handler: ZegoEventHandler | null): void {
    if (handler === null) {
      this.disposers?.forEach((dispose) => dispose());
      this.disposers = undefined;
      return;
    }
    if (typeof handler !== 'object') {
      throw illegalArgument('handler', 'expected an object with callbacks, or null');
    }
    if (this.disposers !== undefined) {
      throw ZegoError.of('COMMON_EVENT_HANDLER_EXISTS');
    }
    const { onPlayerStateUpdate, onPublisherStateUpdate, ...others } = handler;
    this.disposers = Object.entries(others).map(([name, callback]) =>
      this.events.on(toEventName(name), callback as () => void),
    );
    this.disposers.push(
      this.events.on('publisherStateUpdate', ({ errorCode, roomIDs, state, streamID }) =>
        onPublisherStateUpdate?.(streamID, state, errorCode, JSON.stringify({ roomIDs })),
      ),
      this.events.on('playerStateUpdate', ({ errorCode, roomIDs, state, streamID }) =>
        onPlayerStateUpdate?.(streamID, state, errorCode, JSON.stringify({ roomIDs })),
      ),
    );
  }
}

/** `onRoomUserUpdate` → `roomUserUpdate`; `onIMRecvBarrageMessage` keeps its capitals. */
function toEventName(callback: string): keyof ZegoEvents {
  const name = callback.replace(/^on/, '');
  const isAcronym = /^[A-Z]{2}/.test(name);
  return (isAcronym ? name : name.charAt(0).toLowerCase() + name.slice(1)) as keyof ZegoEvents;
}
