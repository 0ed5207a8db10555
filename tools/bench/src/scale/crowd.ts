/** Members of every room. The cost of a login depends on them, so they are the same for every number of users. */
export const membersPerRoom = 10;
/** Users come in blocks that share no room, so that a larger crowd is more of the same. */
export const blockSize = 1000;
const roomsPerBlock = blockSize / membersPerRoom;

/** The room at a place (from 0) of a user. The rooms of a user overlap: in each, the other members differ. */
export function roomOf(user: number, place: number): string {
  const block = Math.floor(user / blockSize);
  const index = user % blockSize;
  const room = (Math.floor(index / membersPerRoom) + place * (index % membersPerRoom)) % roomsPerBlock;
  return `room-${place}-${block}-${room}`;
}

/** The rooms of the users from `fromUser` to `toUser`, both multiples of the size of a block. */
export function* roomsOf(fromUser: number, toUser: number, roomsPerUser: number): Generator<string> {
  for (let first = fromUser; first < toUser; first += blockSize) {
    for (let place = 0; place < roomsPerUser; place++) {
      // The first one of each ten users stands for a room: no two of them share one.
      for (let user = first; user < first + blockSize; user += membersPerRoom) {
        yield roomOf(user, place);
      }
    }
  }
}

/**
 * A hundred users from all over the crowd, others with each pass. No two of them are in one room, so that the size of
 * a room is the same at each login, whatever the number of users.
 */
export function pick(users: number, pass: number): number[] {
  const blocks = users / blockSize;
  return Array.from({ length: roomsPerBlock }, (_, index) => {
    const block = (Math.floor((index * blocks) / roomsPerBlock) + pass) % blocks;
    return block * blockSize + index * membersPerRoom + (pass % membersPerRoom);
  });
}
