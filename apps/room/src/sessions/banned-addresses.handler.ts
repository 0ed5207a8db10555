import { Controller } from '@nestjs/common';
import { AddressRange, normalizeAddress } from '@polyroom/addresses';
import { OnEvent } from '@polyroom/nest-service';
import { addressBansChanged, type PayloadOf, type SessionRef } from '@polyroom/contracts';
import { RoomStore } from '@polyroom/room-store';
import { streamRemovedReasons } from '../room-facts.js';
import { SessionEnder } from './session-ender.js';
import { SuspendedSessions } from './suspended-sessions.js';

/** Ends sessions without a socket whose last address is banned (1002055). */
@Controller()
export class BannedAddressesHandler {
  constructor(
    private readonly store: RoomStore,
    private readonly sessions: SuspendedSessions,
    private readonly ender: SessionEnder,
  ) {}

  @OnEvent(addressBansChanged)
  handleBanned({ appId, address }: PayloadOf<typeof addressBansChanged>): void {
    const range = address === undefined ? undefined : AddressRange.parse(address);
    if (range !== undefined) {
      this.sessions.visit({ appId }, (session) => this.end(session, range));
    }
  }

  private async end(session: SessionRef, range: AddressRange): Promise<void> {
    const { sessions } = await this.store.reader.readUser(session.appId, session.userId);
    const record = sessions.find(({ sessionId }) => sessionId === session.sessionId);
    const address = record?.clientAddress;
    if (record?.state !== 'suspended' || address === undefined) {
      return;
    }
    if (
      range.has(normalizeAddress(address) ?? address) &&
      (await this.store.user.putOut(session, 'ROOM_MANUAL_KICKED_OUT', undefined))
    ) {
      await this.ender.end(session, streamRemovedReasons.kicked);
    }
  }
}
