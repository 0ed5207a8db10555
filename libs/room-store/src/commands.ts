import { readdirSync, readFileSync } from 'node:fs';
import { AppError, type ErrorName, errorRegistry } from '@polyroom/contracts';
import { StoreCalls, traceCall } from '@polyroom/observability';
import { type RedisClient } from './redis-client.js';
import { describeCommand } from './redis-spans.js';

// Resolves to the sources, also from dist: the compiler does not copy .lua files.
const folder = new URL('../src/commands/', import.meta.url);

type Run = (...keysAndArguments: (string | number)[]) => Promise<unknown>;

const calls = new StoreCalls('polyroom_redis_command', 'Lua commands in Redis', ['command']);

/** The Lua commands by name. A file is named NAME-KEYS.lua; its header documents its signature. */
export class Commands {
  constructor(private readonly redis: RedisClient) {
    for (const file of readdirSync(folder).filter((name) => name.endsWith('.lua'))) {
      const [name, keys] = file.replace('.lua', '').split('-');
      calls.expect({ command: name! });
      redis.defineCommand(name!, {
        numberOfKeys: Number(keys),
        lua: withIncludes(readFileSync(new URL(file, folder), 'utf8')),
      });
    }
  }

  /** Runs a command. An error name in its reply is thrown as an AppError; any other reply is returned. */
  async run(name: string, keys: string[], values: (string | number)[]): Promise<unknown> {
    const command = (this.redis as unknown as Record<string, Run>)[name]!;
    const answer = await traceCall(
      () => describeCommand(this.redis, 'EVALSHA', name),
      () => calls.measure({ command: name }, command.call(this.redis, ...keys, ...values)),
    );
    if (typeof answer === 'string' && answer in errorRegistry) {
      throw new AppError(answer as ErrorName);
    }
    return answer;
  }
}

/** Replaces `--- @include name` by the file of that name in `includes`. */
function withIncludes(lua: string): string {
  return lua.replace(/^--- @include (\w+)$/gm, (_, name: string) =>
    readFileSync(new URL(`includes/${name}.lua`, folder), 'utf8'),
  );
}

/** cjson encodes an empty Lua table as an object, also where a list is meant. */
export function toList<T>(value: T[] | Record<string, never> | undefined): T[] {
  return Array.isArray(value) ? value : [];
}

/** Parses HGETALL as Lua returns it: a flat list of fields and JSON values. */
export function toRecords<T>(flat: string[]): [string, T][] {
  const records: [string, T][] = [];
  for (let index = 0; index < flat.length; index += 2) {
    records.push([flat[index]!, JSON.parse(flat[index + 1]!) as T]);
  }
  return records;
}
