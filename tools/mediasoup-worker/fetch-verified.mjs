// Downloads a file and compares it with its SHA-256. Used before dependencies are installed: Node.js only.
import { createHash } from 'node:crypto';

/** A file is a few megabytes. */
const downloadDeadlineMs = 30_000;
const lookUpDeadlineMs = 10_000;

/** The bytes of a file; throws if they do not have the expected SHA-256, in hexadecimal. */
export async function fetchVerified(url, sha256) {
  const response = await fetch(url, { signal: AbortSignal.timeout(downloadDeadlineMs) });
  if (!response.ok) {
    throw new Error(`HTTP ${response.status}`);
  }
  const bytes = Buffer.from(await response.arrayBuffer());
  const actual = createHash('sha256').update(bytes).digest('hex');
  if (actual !== sha256) {
    throw new Error(`the download has the SHA-256 ${actual}, and not ${sha256}`);
  }
  return bytes;
}

/** The SHA-256 that GitHub publishes for a file of a release; throws if it publishes none. */
export async function publishedSha256(releaseUrl, fileName) {
  const response = await fetch(releaseUrl, {
    headers: { accept: 'application/vnd.github+json' },
    signal: AbortSignal.timeout(lookUpDeadlineMs),
  });
  if (!response.ok) {
    throw new Error(`HTTP ${response.status} for the list of checksums`);
  }
  const { assets = [] } = await response.json();
  const digest = assets.find(({ name }) => name === fileName)?.digest;
  const [, sha256] = /^sha256:([0-9a-f]{64})$/.exec(digest ?? '') ?? [];
  if (sha256 === undefined) {
    throw new Error(`no checksum is published for ${fileName}`);
  }
  return sha256;
}
