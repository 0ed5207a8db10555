import { type Bus } from '@polyroom/bus';
import { mediaRpc, nodeReported, nodeSubject } from '@polyroom/contracts';

const nodeId = 'nd_stand-in';
const reportEveryMs = 1000;

/**
 * Answers in place of a media node: sessions here carry no media, and transports would cost more than the
 * rules.
 */
export function startStandInMedia(bus: Bus): { close(): void } {
  const transport = {
    id: 'transport',
    iceParameters: { usernameFragment: 'user', password: 'password' },
    iceCandidates: [],
    dtlsParameters: { fingerprints: [] },
  };
  const opened = { nodeId, routerRtpCapabilities: {}, send: transport, recv: transport };
  const answers = [
    bus.respond(
      mediaRpc.openSession,
      nodeSubject(mediaRpc.openSession, nodeId),
      undefined,
      async () => opened,
    ),
    bus.respond(mediaRpc.ping, nodeSubject(mediaRpc.ping, nodeId), undefined, async () => ({
      incarnation: 'one',
    })),
    bus.respond(
      mediaRpc.closeSession,
      nodeSubject(mediaRpc.closeSession, nodeId),
      undefined,
      async () => ({}),
    ),
  ];
  const report = (): void =>
    bus.publish(
      nodeReported,
      {},
      {
        nodeId,
        state: 'active',
        region: 'local',
        cpuLoad: 0,
        sessions: 0,
        workers: 1,
        atMs: Date.now(),
        incarnation: 'one',
      },
    );
  report();
  const timer = setInterval(report, reportEveryMs);
  return {
    close: () => {
      clearInterval(timer);
      answers.forEach((answer) => answer.close());
    },
  };
}
