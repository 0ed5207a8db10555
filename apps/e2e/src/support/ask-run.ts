import { request } from 'node:http';
import { text } from 'node:stream/consumers';

/** Asks Jest's parent process for something that the specs of a run share; `tools/jest/spec-run.mjs` answers. */
export async function askRun(path: string): Promise<unknown> {
  const socketPath = process.env['POLYROOM_SPEC_RUN'];
  if (socketPath === undefined) {
    throw new Error('POLYROOM_SPEC_RUN is not set: run the spec with the jest.config.mjs of the repository');
  }
  return new Promise((resolve, reject) => {
    const asking = request({ socketPath, path, agent: false }, (response) => {
      text(response).then(
        (body) =>
          response.statusCode === 200
            ? resolve(JSON.parse(body))
            : reject(new Error(`${path} of the run is not available: ${body}`)),
        reject,
      );
    });
    asking.once('error', reject);
    asking.end();
  });
}
