import { AppError, clientMethods, mediaRpc, newId, parseOrThrow, type SessionRef } from '@polyroom/contracts';
import { MediaNode } from '@polyroom/media-engine';
import { Random } from '../invariants/random.js';
import { hostileRequest, type HostileMethod } from './hostile-requests.js';

export interface FuzzResult {
  deaths: number;
  /** How often each outcome occurred: `done`, or the name of the error. */
  outcomes: Map<string, number>;
  /** Errors without a code, which no handler expected. */
  uncoded: string[];
}

const sessionsAtOnce = 6;
const requestsPerSession = 40;
const atOnce = 16;

/**
 * Sends a node hostile requests: each must pass the client's contract, as at the gateway, then the node's,
 * and then reaches its handler. Foreign IDs, malformed RTP parameters, double connects and oversized values
 * are mixed with valid requests, so that deep code paths are reached.
 */
export async function fuzzNode(count: number, seed: number): Promise<FuzzResult> {
  const node = await MediaNode.create({ nodeId: 'nd_fuzz', workerCount: 2, listenIp: '127.0.0.1' });
  const result: FuzzResult = { deaths: 0, outcomes: new Map(), uncoded: [] };
  node.on('workerDied', () => void (result.deaths += 1));
  const random = new Random(seed);
  try {
    for (let sent = 0; sent < count;) {
      const sessions = Array.from({ length: sessionsAtOnce }, (_, index): SessionRef => ({
        appId: 1,
        userId: `user-${index}`,
        sessionId: newId('session'),
      }));
      const media = await Promise.all(
        // All sessions but the first carry data.
        sessions.map((session, index) =>
          node.openSession({ session, ...(index === 0 ? {} : { data: { maxMessageBytes: 4096 } }) }),
        ),
      );
      const batch = Math.min(count - sent, sessionsAtOnce * requestsPerSession);
      for (let first = 0; first < batch; first += atOnce) {
        const requests = Array.from({ length: Math.min(atOnce, batch - first) }, () => {
          const index = random.below(sessions.length);
          const { method, params } = hostileRequest(random, media, index);
          return send(node, sessions[index]!, method, params, result);
        });
        await Promise.all(requests);
      }
      sent += batch;
      await Promise.all(sessions.map((session) => node.closeSession({ session })));
    }
    const { workers } = await node.dumpWorkers();
    if (
      workers.some(({ consumers, dataConsumers, dataProducers, producers }) =>
        [consumers, dataConsumers, dataProducers, producers].some((count) => count > 0),
      )
    ) {
      result.uncoded.push(`left in the workers: ${JSON.stringify(workers)}`);
    }
    const { sessions, upstreams, downlinks, pipes } = node.counts();
    if (sessions + upstreams + downlinks + pipes > 0) {
      result.uncoded.push(`left over: ${JSON.stringify(node.counts())}`);
    }
    return result;
  } finally {
    await node.close();
  }
}

async function send(
  node: MediaNode,
  session: SessionRef,
  method: HostileMethod,
  params: unknown,
  { outcomes, uncoded }: FuzzResult,
): Promise<void> {
  let outcome = 'done';
  try {
    // What the gateway validates first; it passes on the parsed value.
    const checked = parseOrThrow(clientMethods[method].params, params) as Record<string, unknown>;
    await handle(node, session, method, checked);
  } catch (error) {
    outcome = AppError.is(error) ? error.errorName : 'uncoded';
    if (outcome === 'uncoded') {
      uncoded.push(`${method}: ${String(error)} after ${JSON.stringify(params).slice(0, 300)}`);
    }
  }
  outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
}

async function handle(
  node: MediaNode,
  session: SessionRef,
  method: HostileMethod,
  params: Record<string, unknown>,
): Promise<unknown> {
  switch (method) {
    case 'transport.connect':
      return node.connectTransport(parseOrThrow(mediaRpc.connectTransport.request, { session, ...params }));
    case 'transport.restartIce':
      return node.restartIce(parseOrThrow(mediaRpc.restartIce.request, { session, ...params }));
    case 'stream.produce':
      return node.produce(parseOrThrow(mediaRpc.produce.request, { session, ...params }));
    case 'stream.produceData':
      return node.produceData(
        parseOrThrow(mediaRpc.produceData.request, { session, messagesPerSecond: 100, ...params }),
      );
    case 'stream.play':
      return node.bindDownlink(
        parseOrThrow(mediaRpc.bindDownlink.request, {
          roomId: 'room',
          ...params,
          session,
          sourceNodeId: 'nd_fuzz',
          maxPlays: 12,
        }),
      );
    case 'stream.resume':
      return node.resumeDownlink(parseOrThrow(mediaRpc.resumeDownlink.request, { session, ...params }));
    case 'stream.mute':
      return node.muteUpstream(
        parseOrThrow(mediaRpc.muteUpstream.request, { session, by: 'publisher', ...params }),
      );
    case 'stream.stopPlay':
      return node.unbindDownlink(parseOrThrow(mediaRpc.unbindDownlink.request, { session, ...params }));
    case 'stream.stopPublish':
      return node.closeUpstream(parseOrThrow(mediaRpc.closeUpstream.request, { session, ...params }));
  }
}
