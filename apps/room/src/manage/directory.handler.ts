import { Controller } from '@nestjs/common';
import { RpcHandler } from '@polyroom/nest-service';
import { type MemberInRoom, type ParsedRequestOf, type ReplyOf, roomDirectoryRpc } from '@polyroom/contracts';
import { type RoomMember, RoomStore } from '@polyroom/room-store';

/** Reads rooms, members and streams for operators and application servers. */
@Controller()
export class DirectoryHandler {
  constructor(private readonly store: RoomStore) {}

  @RpcHandler(roomDirectoryRpc.countMembers)
  async count({
    appId,
    roomIds,
  }: ParsedRequestOf<typeof roomDirectoryRpc.countMembers>): Promise<
    ReplyOf<typeof roomDirectoryRpc.countMembers>
  > {
    const counts = await Promise.all(roomIds.map((roomId) => this.store.reader.countMembers(appId, roomId)));
    return {
      rooms: roomIds.map((roomId, at) => ({
        roomId,
        exists: counts[at] !== undefined,
        members: counts[at] ?? 0,
      })),
    };
  }

  @RpcHandler(roomDirectoryRpc.findMembers)
  async find({
    appId,
    roomId,
    userIds,
  }: ParsedRequestOf<typeof roomDirectoryRpc.findMembers>): Promise<
    ReplyOf<typeof roomDirectoryRpc.findMembers>
  > {
    const [exists, members] = await Promise.all([
      this.store.reader.roomExists(appId, roomId),
      this.store.reader.findMembers(appId, roomId, userIds),
    ]);
    return { exists, members: toVisible(members) };
  }

  @RpcHandler(roomDirectoryRpc.listMembersInOrder)
  async list({
    appId,
    roomId,
    order,
    limit,
    after,
  }: ParsedRequestOf<typeof roomDirectoryRpc.listMembersInOrder>): Promise<
    ReplyOf<typeof roomDirectoryRpc.listMembersInOrder>
  > {
    const all = new Map<string, MemberInRoom>();
    let cursor = '0';
    do {
      const page = await this.store.reader.listMembers(appId, roomId, cursor);
      toVisible(page.members).forEach((member) => all.set(member.userId, member));
      ({ cursor } = page);
    } while (cursor !== '0');
    const direction = order === 'oldest' ? 1 : -1;
    const sorted = [...all.values()].sort((one, other) => direction * compare(one, other));
    const rest =
      after === undefined ? sorted : sorted.filter((member) => direction * compare(member, after) > 0);
    return { members: rest.slice(0, limit), isLast: rest.length <= limit };
  }

  @RpcHandler(roomDirectoryRpc.listTimedStreams)
  async listStreams({
    appId,
    roomId,
  }: ParsedRequestOf<typeof roomDirectoryRpc.listTimedStreams>): Promise<
    ReplyOf<typeof roomDirectoryRpc.listTimedStreams>
  > {
    const streams = await this.store.reader.listTimedStreams(appId, roomId);
    return { streams: streams.sort((one, other) => one.number - other.number) };
  }
}

/** Epochs of memberships are times, in microseconds. */
function toVisible(members: readonly RoomMember[]): MemberInRoom[] {
  return members
    .filter(({ hidden }) => !hidden)
    .map(({ epoch, userId, userName }) => ({ userId, userName, enteredAtMs: Math.floor(epoch / 1000) }));
}

type Position = Pick<MemberInRoom, 'enteredAtMs' | 'userId'>;

function compare(one: Position, other: Position): number {
  return (
    one.enteredAtMs - other.enteredAtMs ||
    (one.userId < other.userId ? -1 : Number(one.userId > other.userId))
  );
}
