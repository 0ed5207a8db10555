import { type Bus } from '@polyroom/bus';

type Answer = { config?: Record<string, unknown>; error?: { description: string } };

/** Makes JetStream refuse every write to a stream, or accept them again. */
export async function setWritable(bus: Bus, stream: string, isWritable: boolean): Promise<void> {
  const { config } = await ask(bus, `STREAM.INFO.${stream}`);
  await ask(bus, `STREAM.UPDATE.${stream}`, { ...config, max_msg_size: isWritable ? -1 : 1 });
}

async function ask(bus: Bus, operation: string, body?: object): Promise<Answer> {
  const payload = body === undefined ? '' : JSON.stringify(body);
  const reply = await bus.natsConnection.request(`$JS.API.${operation}`, payload, { timeout: 5000 });
  const answer = reply.json<Answer>();
  if (answer.error !== undefined) {
    throw new Error(`${operation}: ${answer.error.description}`);
  }
  return answer;
}
