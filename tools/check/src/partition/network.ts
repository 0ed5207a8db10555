import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { type Place } from '@polyroom/testing';

/** As a cut process sees it: it receives nothing, nothing that it sends arrives, or both. */
export const directions = ['both', 'in', 'out'] as const;
export type Direction = (typeof directions)[number];

/** The sides of a place's cable on the switch: what enters the switch there is what the process sends. */
const sidesOf: Record<Direction, readonly string[]> = {
  both: ['ingress', 'egress'],
  in: ['egress'],
  out: ['ingress'],
};

const run = promisify(execFile);
const bridge = 'switch';
const subnet = '10.213.0';
/** The address of the processes that have no place of their own: this one, and browsers. */
const ownHost = 1;
/** A classic BPF program that drops: return TC_ACT_SHOT. Unlike netem, kernels without modules have it. */
const drop = ['bpf', 'da', 'bytecode', '1,6 0 0 2'];

/**
 * One switch, and a cable from it to each place: a network namespace with its own address. A cut drops packets
 * silently, as a failed link beyond the next router does: no address is unreachable, and no connection is reset. Works
 * in a network namespace of this process alone; the kernel removes everything with the last process in it.
 */
export class Network {
  private readonly places = new Map<string, { place: Place; cable: string }>();

  static async open(): Promise<Network> {
    await run('ip', ['link', 'add', bridge, 'type', 'bridge']);
    await run('ip', ['address', 'add', `${subnet}.${ownHost}/24`, 'dev', bridge]);
    await run('ip', ['link', 'set', bridge, 'up']);
    return new Network();
  }

  /** The place of that name, which is made when it is first asked for. */
  async addPlace(name: string): Promise<Place> {
    const known = this.places.get(name);
    if (known !== undefined) {
      return known.place;
    }
    const number = ownHost + 1 + this.places.size;
    const [cable, end, host] = [`cable${number}`, `end${number}`, `${subnet}.${number}`];
    await run('ip', ['netns', 'add', name]);
    await run('ip', ['link', 'add', cable, 'type', 'veth', 'peer', 'name', end, 'netns', name]);
    await run('ip', ['link', 'set', cable, 'master', bridge, 'up']);
    await run('tc', ['qdisc', 'add', 'dev', cable, 'clsact']);
    await run('ip', ['-n', name, 'address', 'add', `${host}/24`, 'dev', end]);
    await run('ip', ['-n', name, 'link', 'set', end, 'up']);
    await run('ip', ['-n', name, 'link', 'set', 'lo', 'up']);
    const place: Place = {
      host,
      enter: (program, args) => ['nsenter', [`--net=/run/netns/${name}`, '--', program, ...args]],
    };
    this.places.set(name, { place, cable });
    return place;
  }

  placeOf(name: string): Place {
    return this.find(name).place;
  }

  async cut(name: string, direction: Direction): Promise<void> {
    const { cable } = this.find(name);
    await Promise.all(
      sidesOf[direction].map((side) =>
        run('tc', ['filter', 'add', 'dev', cable, side, 'protocol', 'ip', ...drop]),
      ),
    );
  }

  async heal(name: string): Promise<void> {
    const { cable } = this.find(name);
    await Promise.all(['ingress', 'egress'].map((side) => run('tc', ['filter', 'del', 'dev', cable, side])));
  }

  private find(name: string): { place: Place; cable: string } {
    const found = this.places.get(name);
    if (found === undefined) {
      throw new Error(`no place is named ${name}`);
    }
    return found;
  }
}
