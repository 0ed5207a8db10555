import {
  JetStreamApiError,
  type JetStreamManager,
  type StreamConfig,
  type StreamInfo,
} from '@nats-io/jetstream';

/** The server's code for a jsStream of this name with other settings. */
const streamExists = 10058;

/** Creates a jsStream, or gives these settings to one that an earlier version or configuration has created. */
export async function openStream(
  manager: JetStreamManager,
  config: Partial<StreamConfig> & { name: string; subjects: string[] },
): Promise<StreamInfo> {
  try {
    return await manager.streams.add(config);
  } catch (error) {
    if (!(error instanceof JetStreamApiError && error.code === streamExists)) {
      throw error;
    }
    return manager.streams.update(config.name, config);
  }
}
