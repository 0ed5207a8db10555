import { type Cluster, type Redis } from 'ioredis';
import { type Answer, type Device } from './device.js';
import { type CheckedUser } from './history.js';

let naiveDevices = 0;

/**
 * The wrong way to implement the rule: it reads, decides, and then writes. Every run includes it, to show
 * that the checker finds the race.
 */
export class NaiveDevice implements Device {
  readonly path = 'naive';
  readonly survivesEnd = true;
  readonly hasGrace = false;
  readonly lostAtMs = undefined;
  private readonly name = `d${naiveDevices++}`;

  constructor(
    private readonly redis: Redis | Cluster,
    private readonly user: CheckedUser,
    private readonly prefix: string,
  ) {}

  async login(roomId: string): Promise<Answer> {
    const [holder, count] = await Promise.all([this.redis.hget(this.key, roomId), this.redis.hlen(this.key)]);
    if (holder !== null) {
      return { code: 1002064 };
    }
    if (count >= this.user.limit) {
      return { code: 1002037 };
    }
    await this.redis.hset(this.key, roomId, this.name);
    return { code: 0 };
  }

  async logout(roomId: string): Promise<Answer> {
    if ((await this.redis.hget(this.key, roomId)) !== this.name) {
      return { code: 1002002 };
    }
    await this.redis.hdel(this.key, roomId);
    return { code: 0 };
  }

  async end(): Promise<Answer> {
    for (const [roomId, holder] of Object.entries(await this.redis.hgetall(this.key))) {
      if (holder === this.name) {
        await this.redis.hdel(this.key, roomId);
      }
    }
    return { code: 0 };
  }

  async cut(): Promise<void> {
    await this.end();
  }

  private get key(): string {
    return `${this.prefix}naive:${this.user.userId}`;
  }
}
