/** A stream and the cost of carrying it. */
export interface StreamShape {
  packetsPerSecond: number;
  bitsPerSecond: number;
}

export interface Member {
  user: number;
  /** What this user publishes in the room; undefined for a viewer. */
  stream?: number;
}

export interface Population {
  users: number;
  /** The rooms of each user; the first decides the placement of the session. */
  roomsOf: number[][];
  /** By user and room: the stream published there. */
  streamOf: Map<string, number>;
  streams: StreamShape[];
  /** The order in which users join. */
  arrivals: number[];
}

const teacherCamera: StreamShape = { packetsPerSecond: 350, bitsPerSecond: 1_200_000 };
const pupilCamera: StreamShape = { packetsPerSecond: 150, bitsPerSecond: 300_000 };
const microphone: StreamShape = { packetsPerSecond: 50, bitsPerSecond: 40_000 };

const classSize = 30;
const groupSize = 6;
const talkGroupSize = 8;
const eventSize = 2000;
/** Share of users who are in an event with one speaker instead of a class. */
const eventShare = 0.1;
/** Share of classes with two teachers, each also visible in the other's class. */
const coHostShare = 0.1;
/** Share of users who are in a talk group with users of other classes. */
const talkShare = 0.2;
/** Classes that begin at the same time; their users join in any order. */
const classesAtOnce = 40;

/**
 * A school with many classes: each pupil sees the teacher, works in a group within the class where all see
 * each other, and some talk with pupils of other classes. Two classes may share their teachers. Some rooms
 * are events with one speaker and an audience that is larger than a worker.
 */
export function createPopulation(users: number, random: () => number): Population {
  const population: Population = {
    users,
    roomsOf: Array.from({ length: users }, () => []),
    streamOf: new Map(),
    streams: [],
    arrivals: [],
  };
  let rooms = 0;
  const enter = (user: number, room: number): void => void population.roomsOf[user]!.push(room);
  const show = (user: number, room: number, stream: number): void =>
    void population.streamOf.set(`${user}/${room}`, stream);
  const newStream = (shape: StreamShape): number => population.streams.push(shape) - 1;

  const inEvents = Math.floor(users * eventShare);
  for (let first = 0; first < inEvents; first += eventSize) {
    const room = rooms++;
    for (let user = first; user < Math.min(inEvents, first + eventSize); user++) {
      enter(user, room);
    }
    show(first, room, newStream(teacherCamera));
  }
  const classes: { room: number; teacher: number; camera: number; pupils: number[] }[] = [];
  for (let teacher = inEvents; teacher < users; teacher += classSize) {
    const pupils = range(teacher + 1, Math.min(users, teacher + classSize));
    const room = rooms++;
    const camera = newStream(teacherCamera);
    [teacher, ...pupils].forEach((user) => enter(user, room));
    show(teacher, room, camera);
    classes.push({ room, teacher, camera, pupils });
    for (let index = 0; index < pupils.length; index += groupSize) {
      const group = rooms++;
      for (const user of pupils.slice(index, index + groupSize)) {
        enter(user, group);
        show(user, group, newStream(pupilCamera));
      }
    }
  }
  for (let index = 0; index + 1 < classes.length; index += Math.round(2 / coHostShare)) {
    const [one, other] = [classes[index]!, classes[index + 1]!];
    enter(one.teacher, other.room);
    show(one.teacher, other.room, one.camera);
    enter(other.teacher, one.room);
    show(other.teacher, one.room, other.camera);
  }
  const talkers = shuffled(range(inEvents, users), random).slice(0, Math.floor(users * talkShare));
  for (let index = 0; index < talkers.length; index += talkGroupSize) {
    const room = rooms++;
    for (const user of talkers.slice(index, index + talkGroupSize)) {
      enter(user, room);
      show(user, room, newStream(microphone));
    }
  }
  const waves = [range(0, inEvents)];
  for (let index = 0; index < classes.length; index += classesAtOnce) {
    waves.push(
      classes.slice(index, index + classesAtOnce).flatMap(({ pupils, teacher }) => [teacher, ...pupils]),
    );
  }
  population.arrivals = shuffled(waves, random).flatMap((wave) => shuffled(wave, random));
  return population;
}

/** A random generator with a fixed seed. */
export function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function range(from: number, to: number): number[] {
  return Array.from({ length: Math.max(0, to - from) }, (_, index) => from + index);
}

function shuffled<T>(items: T[], random: () => number): T[] {
  const copy = [...items];
  for (let index = copy.length - 1; index > 0; index--) {
    const other = Math.floor(random() * (index + 1));
    [copy[index], copy[other]] = [copy[other]!, copy[index]!];
  }
  return copy;
}
