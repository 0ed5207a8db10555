import { type ClientEventData, type ClientResult } from '@polyroom/contracts/client';
import { type ClientEvents, type ClientOptions } from '../client-types.js';
import { type Emitter } from '../emitter.js';
import { type PolyroomError } from '../polyroom-error.js';
import { type Link } from '../signal/link.js';
import { type Room } from './room.js';

export type RoomEntered = ClientEventData<'room.entered'>;

export interface RoomsOptions {
  client: ClientOptions;
  link: Link;
  events: Emitter<ClientEvents>;
  /** Called on every successful join; `result` includes the media of a session that it opened. */
  onJoined(result: ClientResult<'room.login'>): void;
  /** The session was resumed; `media` is set if its transports are new. */
  onResumed(result: ClientResult<'session.resume'>): void;
  /** The room was entered again; its streams follow. */
  onRecovered(roomId: string): void;
  /** The servers have entered a room that the application no longer wants. */
  onUnwanted(room: Room): void;
  /** The user is no longer in the room: left, removed or given up. `error` is omitted if the application left. */
  onLeft(roomId: string, error?: PolyroomError): void;
  /** The application's server has taken the user into a room, which shows these streams of the user. */
  onTaken(taken: RoomEntered): void;
  /** The last room was left, which ends the session. */
  onAllLeft(): void;
}
