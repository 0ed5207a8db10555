import {
  JetStreamApiError,
  type JetStreamManager,
  type StreamConfig,
  type StreamInfo,
} from '@nats-io/jetstream';

/** The server's code for a jsStream of this name with other settings. */
const streamExists = 10058;
/** For subjects that another jsStream has, which may be the same one, created a moment ago by another process. */
const subjectsOverlap = 10065;

/** Creates a jsStream, or gives these settings to one that an earlier version or configuration has created. */
export async function openStream(
  manager: JetStreamManager,
  config: Partial<StreamConfig> & { name: string; subjects: string[] },
): Promise<StreamInfo> {
  try {
    return await createTogether(() => manager.streams.add(config));
  } catch (error) {
    if (!isRefusal(error, streamExists)) {
      throw error;
    }
    return manager.streams.update(config.name, config);
  }
}

/**
 * Creates a jsStream that other processes create at the same moment. The server refuses some of such requests; a repeated one
 * finds the jsStream.
 */
export async function createTogether<T>(create: () => Promise<T>): Promise<T> {
  try {
    return await create();
  } catch (error) {
    if (!isRefusal(error, subjectsOverlap)) {
      throw error;
    }
    return create();
  }
}

function isRefusal(error: unknown, code: number): boolean {
  return error instanceof JetStreamApiError && error.code === code;
}
