import { randomBytes } from 'node:crypto';
import { chmod, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { reasonOf } from '../output/describe-error.js';
import { UsageError } from '../output/failure.js';
import { type Surroundings } from '../surroundings.js';

/** A cluster, and the credentials for it. */
export interface Profile {
  url: string;
  appId?: number;
  /** An API key, or a token of an operator. */
  apiKey: string;
  serverSecret?: string;
}

export interface Profiles {
  /** The profile of commands without `--profile`. */
  current?: string;
  profiles: Record<string, Profile>;
}

const namePattern = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/** The profiles in `~/.config/polyroom`: a folder of mode 0700 with one file of mode 0600. */
export class ProfileStore {
  private constructor(
    readonly folder: string,
    readonly file: string,
  ) {}

  static of({ env, homeDir }: Pick<Surroundings, 'env' | 'homeDir'>): ProfileStore {
    const folder = join(env['XDG_CONFIG_HOME'] || join(homeDir, '.config'), 'polyroom');
    return new ProfileStore(folder, join(folder, 'profiles.json'));
  }

  /** Throws a UsageError for a file that others can read, or that is no JSON of profiles. */
  async read(): Promise<Profiles> {
    const text = await readFile(this.file, 'utf8').catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
        return undefined;
      }
      throw new UsageError(`cannot read ${this.file}: ${reasonOf(error)}`);
    });
    if (text === undefined) {
      return { profiles: {} };
    }
    const { mode } = await stat(this.file);
    // Windows has no such modes.
    if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
      throw new UsageError(
        `other users can read ${this.file}, which contains secrets`,
        `chmod 600 ${this.file}, and replace the credentials in it`,
      );
    }
    const profiles = parse(text);
    if (profiles === undefined) {
      throw new UsageError(`${this.file} is no file of profiles`, 'remove it and run polyroom login');
    }
    return profiles;
  }

  async set(name: string, profile: Profile): Promise<void> {
    assertProfileName(name);
    const { profiles } = await this.read();
    await this.write({ current: name, profiles: { ...profiles, [name]: profile } });
  }

  async use(name: string): Promise<void> {
    const { profiles } = await this.read();
    assertKnown(profiles, name);
    await this.write({ current: name, profiles });
  }

  async remove(name: string): Promise<void> {
    const { current, profiles } = await this.read();
    assertKnown(profiles, name);
    const { [name]: _, ...others } = profiles;
    const next = current === name ? Object.keys(others)[0] : current;
    await this.write({ ...(next === undefined ? {} : { current: next }), profiles: others });
  }

  /** Replaced as a whole, so that a crash leaves the former file. */
  private async write(profiles: Profiles): Promise<void> {
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
    await chmod(this.folder, 0o700);
    const temporary = `${this.file}.${randomBytes(4).toString('hex')}`;
    try {
      await writeFile(temporary, `${JSON.stringify(profiles, null, 2)}\n`, { mode: 0o600, flag: 'wx' });
      await rename(temporary, this.file);
    } finally {
      await rm(temporary, { force: true });
    }
  }
}

export function assertProfileName(name: string): void {
  if (!namePattern.test(name)) {
    throw new UsageError('--profile: expected up to 64 letters, digits, dots, dashes and underscores');
  }
}

function assertKnown(profiles: Profiles['profiles'], name: string): void {
  if (!Object.hasOwn(profiles, name)) {
    throw new UsageError(`there is no profile ${name}`, 'see polyroom profiles list');
  }
}

function parse(text: string): Profiles | undefined {
  try {
    const value = JSON.parse(text) as Partial<Profiles> | null;
    const profiles = Object(value?.profiles) as Record<string, Partial<Profile>>;
    const isValid =
      value?.profiles === profiles &&
      Object.values(profiles).every(
        (each) => typeof each?.url === 'string' && typeof each.apiKey === 'string',
      );
    return isValid ? (value as Profiles) : undefined;
  } catch {
    return undefined;
  }
}
