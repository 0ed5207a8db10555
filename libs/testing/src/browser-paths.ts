import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';

/** Chromium for browser tests: `CHROMIUM_PATH`, or the first on PATH. */
export function chromiumPath(): Promise<string> {
  const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
  return findBrowser('CHROMIUM_PATH', names, 'no Chromium found: install Debian\'s package "chromium"');
}

/** Firefox for browser tests: `FIREFOX_PATH`, or the first on PATH. */
export function firefoxPath(): Promise<string> {
  const names = ['firefox-esr', 'firefox'];
  return findBrowser('FIREFOX_PATH', names, 'no Firefox found: install Debian\'s package "firefox-esr"');
}

async function findBrowser(variable: string, names: string[], problem: string): Promise<string> {
  const given = process.env[variable];
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/bin'];
  const candidates = given ? [given] : names.flatMap((name) => folders.map((folder) => join(folder, name)));
  for (const candidate of candidates) {
    if (await isExecutable(candidate)) {
      return candidate;
    }
  }
  throw new Error(`${problem} or set ${variable}`);
}

async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
