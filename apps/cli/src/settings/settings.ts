import { PolyroomServer } from '@polyroom/server-sdk';
import { UsageError } from '../output/failure.js';
import { type Profile, ProfileStore } from '../profile/profile-store.js';
import { type Surroundings } from '../surroundings.js';
import { parseAppId, parseUrl } from './parse-values.js';
import { findSecret } from './secrets.js';

/** Options that every command takes. */
export interface GlobalOptions {
  profile?: string;
  url?: string;
  app?: number;
  apiKeyFile?: string;
  json?: boolean;
}

/** Where commands find the cluster and their credentials: options, then the environment, then the profile. */
export class Settings {
  readonly store: ProfileStore;
  private profileRead: Promise<Profile | undefined> | undefined;

  constructor(
    readonly options: GlobalOptions,
    readonly surroundings: Surroundings,
  ) {
    this.store = ProfileStore.of(surroundings);
  }

  /** The name of the profile that is used. */
  async profileName(): Promise<string | undefined> {
    const named = this.options.profile ?? this.env('POLYROOM_PROFILE');
    return named ?? (await this.store.read()).current;
  }

  async url(): Promise<string> {
    const url = this.options.url ?? this.parsed('POLYROOM_URL', parseUrl) ?? (await this.profile())?.url;
    if (url === undefined) {
      throw new UsageError('the server is missing', 'run polyroom login, set POLYROOM_URL, or use --url');
    }
    return url;
  }

  async appId(): Promise<number> {
    const appId = await this.findAppId();
    if (appId === undefined) {
      throw new UsageError('the AppID is missing', 'use --app, or set POLYROOM_APP_ID');
    }
    return appId;
  }

  async findAppId(): Promise<number | undefined> {
    return this.options.app ?? this.parsed('POLYROOM_APP_ID', parseAppId) ?? (await this.profile())?.appId;
  }

  /** Undefined if there is none for the server. */
  async findApiKey(): Promise<string | undefined> {
    const { apiKeyFile } = this.options;
    const given = await findSecret(
      {
        what: 'the API key',
        variable: 'POLYROOM_API_KEY',
        option: '--api-key-file',
        file: apiKeyFile,
      },
      this.surroundings,
    );
    return given ?? (await this.profileOfServer())?.apiKey;
  }

  async apiKey(): Promise<string> {
    const apiKey = await this.findApiKey();
    if (apiKey === undefined) {
      throw new UsageError(
        'the API key is missing',
        'run polyroom login, set POLYROOM_API_KEY, or use --api-key-file',
      );
    }
    return apiKey;
  }

  /** The ServerSecret of the profile. */
  async profileSecret(): Promise<string | undefined> {
    return (await this.profileOfServer())?.serverSecret;
  }

  /** The REST API. Without an AppID, its operations name one themselves. */
  async server(): Promise<PolyroomServer> {
    const appId = await this.findAppId();
    return new PolyroomServer({
      url: await this.url(),
      apiKey: await this.apiKey(),
      ...(appId === undefined ? {} : { appId }),
    });
  }

  /** The same, for operations of an AppID. */
  async serverOfApp(): Promise<PolyroomServer> {
    await this.appId();
    return this.server();
  }

  /** Its credentials go to its server only, not to one that an option or a variable names instead. */
  private async profileOfServer(): Promise<Profile | undefined> {
    const profile = await this.profile();
    return profile?.url === (await this.url()) ? profile : undefined;
  }

  private profile(): Promise<Profile | undefined> {
    this.profileRead ??= this.readProfile();
    return this.profileRead;
  }

  private async readProfile(): Promise<Profile | undefined> {
    const named = this.options.profile ?? this.env('POLYROOM_PROFILE');
    const { current, profiles } = await this.store.read();
    if (named !== undefined && !Object.hasOwn(profiles, named)) {
      throw new UsageError(`there is no profile ${named}`, 'see polyroom profiles list');
    }
    const name = named ?? current;
    return name === undefined ? undefined : profiles[name];
  }

  private env(name: string): string | undefined {
    return this.surroundings.env[name] || undefined;
  }

  private parsed<Value>(name: string, parse: (text: string) => Value): Value | undefined {
    const text = this.env(name);
    try {
      return text === undefined ? undefined : parse(text);
    } catch (error) {
      throw new UsageError(`${name}: ${(error as Error).message.replace(/\.$/, '')}`);
    }
  }
}
