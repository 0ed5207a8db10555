import { type AppCredentials } from '@polyroom/persistence';

interface Entry {
  credentials: Promise<AppCredentials | undefined>;
  readAtMs: number;
}

/**
 * Caches the credentials of AppIDs briefly, so that a burst of logins needs one database query. Only existing
 * AppIDs are cached: a new AppID must work at once, and unknown ones must not fill the memory.
 */
export class CredentialCache {
  private readonly entries = new Map<number, Entry>();

  constructor(
    private readonly read: (appId: number) => Promise<AppCredentials | undefined>,
    private readonly ttlMs: number,
    private readonly now: () => number = Date.now,
  ) {}

  /** Undefined if the AppID does not exist. A failed read is not cached. */
  async find(appId: number): Promise<AppCredentials | undefined> {
    const known = this.entries.get(appId);
    const entry =
      known !== undefined && this.now() - known.readAtMs < this.ttlMs
        ? known
        : { credentials: this.read(appId), readAtMs: this.now() };
    this.entries.set(appId, entry);
    try {
      const credentials = await entry.credentials;
      if (credentials === undefined) {
        this.forget(appId, entry);
      }
      return credentials;
    } catch (error) {
      this.forget(appId, entry);
      throw error;
    }
  }

  /** The AppID has changed: the next login reads it again. */
  drop(appId: number): void {
    this.entries.delete(appId);
  }

  private forget(appId: number, entry: Entry): void {
    if (this.entries.get(appId) === entry) {
      this.entries.delete(appId);
    }
  }
}
