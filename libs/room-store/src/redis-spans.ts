import { currentTrace, type SpanDescription, traceCall } from '@polyroom/observability';
import { type Cluster, type Redis } from 'ioredis';

/** Lua commands; their names are known where they are called (commands.ts). */
const scripts = new Set(['eval', 'evalsha']);

/** The span of one command, without its arguments, which are data of users. In a Cluster the node is not known. */
export function describeCommand(redis: Redis | Cluster, operation: string, script?: string): SpanDescription {
  const { host, port } = redis.options as { host?: string; port?: number };
  return {
    name: script ?? operation,
    kind: 'client',
    attributes: {
      'db.system.name': 'redis',
      'db.operation.name': operation,
      ...(script === undefined ? {} : { 'db.stored_procedure.name': script }),
      ...(host === undefined ? {} : { 'server.address': host }),
      ...(port === undefined ? {} : { 'server.port': port }),
    },
  };
}

/** Makes a span of each command of a traced request, those of a pipeline too. */
export function traceCommands(redis: Redis | Cluster): void {
  const send = redis.sendCommand.bind(redis) as (...args: unknown[]) => Promise<unknown>;
  redis.sendCommand = (...args: Parameters<Redis['sendCommand']>) => {
    const [command] = args;
    return currentTrace() === undefined || scripts.has(command.name)
      ? send(...args)
      : traceCall(
          () => describeCommand(redis, command.name.toUpperCase()),
          () => send(...args),
        );
  };
}
