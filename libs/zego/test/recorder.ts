import { type ZegoExpressEngine, type ZegoEvents } from '../src/native/index.js';

/** Records all events of an engine, in order. */
export class Recorder {
  readonly events: { name: keyof ZegoEvents; args: unknown[] }[] = [];

  constructor(engine: ZegoExpressEngine) {
    const names: (keyof ZegoEvents)[] = [
      'roomStateChanged',
      'roomUserUpdate',
      'roomStreamUpdate',
      'roomStreamMuted',
      'roomExtraInfoUpdate',
      'IMRecvBroadcastMessage',
      'IMRecvBarrageMessage',
      'IMRecvCustomCommand',
      'recvRoomTransparentMessage',
      'roomMessageDeleted',
      'roomMessagesLost',
      'roomTokenWillExpire',
      'tokenWillExpire',
      'publisherStateUpdate',
      'playerStateUpdate',
    ];
    for (const name of names) {
      engine.on(name, (...args: unknown[]) => this.events.push({ name, args }));
    }
  }

  of<Name extends keyof ZegoEvents>(name: Name): ZegoEvents[Name][] {
    return this.events.filter((event) => event.name === name).map((event) => event.args as ZegoEvents[Name]);
  }

  /** Reasons and codes of one room. */
  statesOf(roomID: string): [reason: number, code: number][] {
    return this.of('roomStateChanged')
      .filter(([room]) => room === roomID)
      .map(([, reason, code]) => [reason, code]);
  }
}
