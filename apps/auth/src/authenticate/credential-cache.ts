import { type AppCredentials } from '@polyroom/persistence';

interface Entry {
  credentials: Promise<AppCredentials | undefined>;
  readAtMs: number;
}

/**
 * Keeps the credentials of AppIDs for a moment, so that a thousand logins do not ask the database a thousand
 * times. Only AppIDs that exist are kept: an AppID that was just created must work at once, and unknown ones
 * must not fill the memory.
 */
export class CredentialCache {
  private readonly entries = new Map<number, Entry>();

  constructor(
    private readonly read: (appId: number) => Promise<AppCredentials | undefined>,
    private readonly ttlMs: number,
    private readonly now: () => number = Date.now,
  ) {}

  /** Undefined where the AppID does not exist. A failed read is not kept. */
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

  /** The AppID has changed: the next login reads it anew. */
  drop(appId: number): void {
    this.entries.delete(appId);
  }

  private forget(appId: number, entry: Entry): void {
    if (this.entries.get(appId) === entry) {
      this.entries.delete(appId);
    }
  }
}
