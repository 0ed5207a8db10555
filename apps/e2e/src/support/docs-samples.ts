import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { stripTypeScriptTypes } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { readSamples } from '@polyroom/testing';
import { type Page } from 'playwright-core';

const run = promisify(execFile);
/** Inside the checkout, so that the samples find the packages, but not in node_modules, where Node.js reads no types. */
const nodeDir = fileURLToPath(new URL('../../../../.polyroom/docs-samples', import.meta.url));
/** Global names of the packages in the harness page. */
const globalOf: Record<string, string> = {
  '@polyroom/sdk': 'polyroomSdk',
  '@polyroom/zego': 'polyroom',
  '@polyroom/zego/web': 'polyroomWeb',
};

export interface CurlAnswer {
  status: number;
  body: Record<string, unknown>;
}

/** The samples of a page; throws if their number has changed, because each of them must be run. */
export async function samplesOf(page: string, language: string, count: number): Promise<string[]> {
  const samples = await readSamples(page, language);
  if (samples.length !== count) {
    throw new Error(
      `docs/${page} has ${samples.length} samples in ${language}, the test runs ${count}: run the others, or mark them as excerpts`,
    );
  }
  return samples;
}

/** Puts values into a sample, in place of the examples that a reader replaces. Throws if the sample lacks one. */
export function fillIn(sample: string, values: Record<string, string | number>): string {
  return Object.entries(values).reduce((text, [example, value]) => {
    if (!text.includes(example)) {
      throw new Error(`the sample has no ${JSON.stringify(example)} to replace: ${sample}`);
    }
    return text.replaceAll(example, String(value));
  }, sample);
}

/** Runs commands in an empty folder, and returns the answer of each curl that prints it. */
export async function runShell(commands: string, env: Record<string, string> = {}): Promise<CurlAnswer[]> {
  const dir = await mkdtemp(join(tmpdir(), 'polyroom-docs-samples-'));
  const curl = String.raw`curl() { command curl --silent --show-error --write-out '\n%{http_code}\n' "$@"; }`;
  try {
    const { stdout } = await run('bash', ['-euo', 'pipefail', '-c', `${curl}\n${commands}`], {
      cwd: dir,
      env: { PATH: process.env['PATH'], ...env },
      timeout: 60_000,
    });
    return [...stdout.matchAll(/^(.*)\n(\d{3})$/gm)].map(([, body = '', status]) => ({
      status: Number(status),
      body: body === '' ? {} : (JSON.parse(body) as CurlAnswer['body']),
    }));
  } finally {
    await rm(dir, { recursive: true });
  }
}

/** Runs a module in Node.js: a sample between what it uses and what shows its effect. Returns what it prints. */
export async function runInNode(parts: string[], env: Record<string, string> = {}): Promise<string> {
  await mkdir(nodeDir, { recursive: true });
  const dir = await mkdtemp(join(nodeDir, 'sample-'));
  try {
    const file = join(dir, 'sample.mts');
    await writeFile(file, `${parts.join('\n')}\nprocess.exit(0);\n`);
    // Jest's own options are none of the sample.
    const { NODE_OPTIONS: _, ...own } = process.env;
    const { stdout } = await run(process.execPath, [file], { env: { ...own, ...env }, timeout: 30_000 });
    return stdout.trim();
  } finally {
    await rm(dir, { recursive: true });
  }
}

/**
 * Runs samples, one after the other, in the harness page. The given names are in their scope, and `played()`, which
 * resolves when each video of the page has shown a frame.
 */
export async function runInPage(
  page: Page,
  samples: string[],
  names: Record<string, unknown>,
  epilogue = '',
): Promise<unknown> {
  const modules = samples.map((sample) =>
    sample.replaceAll(
      /^import \{(.*?)\} from '(.*?)';(?: \/\/.*)?$/gm,
      (_all, imported: string, from: string) => `const {${imported}} = ${globalOf[from]!};`,
    ),
  );
  const declared = Object.entries(names).map(([name, value]) => `const ${name} = ${JSON.stringify(value)};`);
  const code = stripTypeScriptTypes(`async function sample() {\n${modules.join('\n')}\n${epilogue}\n}`);
  return page.evaluate(`(async () => {
    ${declared.join('\n')}
    const tokenProvider = async () => token;
    const fetchToken = tokenProvider;
    const { capture } = polyroomSdk;
    const video = document.createElement('video');
    Object.assign(video, { autoplay: true, muted: true });
    document.body.append(video);
    const played = async () => {
      for (let attempts = 0; attempts < 200; attempts++) {
        const videos = [...document.querySelectorAll('video')].filter(({ srcObject }) => srcObject !== null);
        videos.forEach((each) => Object.assign(each, { autoplay: true, muted: true }));
        if (videos.length > 0 && videos.every(({ videoWidth }) => videoWidth > 0)) return;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      throw new Error('no frame of a played stream within 10 s');
    };
    ${code}
    return sample();
  })()`);
}
