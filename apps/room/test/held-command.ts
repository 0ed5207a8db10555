import { waitFor } from '@polyroom/testing';

type ArgumentsOf<Command> = Command extends (...args: infer Args) => unknown ? Args : never;

/** A command of the stores that does not return to its handler, as in a process that is stopped. */
export class HeldCommand {
  /** Calls that are held. */
  count = 0;
  private release: () => void = () => {};
  private readonly released = new Promise<void>((resolve) => (this.release = resolve));

  /** Holds the calls that `isMeant` selects after they have taken effect. */
  static after<Owner extends object, Name extends keyof Owner>(
    owners: Owner[],
    name: Name,
    isMeant: (...args: ArgumentsOf<Owner[Name]>) => boolean,
  ): HeldCommand {
    type Args = ArgumentsOf<Owner[Name]>;
    const held = new HeldCommand();
    for (const owner of owners) {
      const command = (owner[name] as (...args: Args) => Promise<unknown>).bind(owner);
      const holding = async (...args: Args): Promise<unknown> => {
        const result = await command(...args);
        if (isMeant(...args)) {
          held.count += 1;
          await held.released;
        }
        return result;
      };
      owner[name] = holding as Owner[Name];
    }
    return held;
  }

  whenHeld(): Promise<unknown> {
    return waitFor(() => this.count > 0, { describe: 'the handler to stand still' });
  }

  go(): void {
    this.release();
  }
}
