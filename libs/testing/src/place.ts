/** Where a process runs: its address, and how a command is started there. */
export interface Place {
  /** The IPv4 address at which it listens. */
  host: string;
  /** The command that runs the program in the place. It must keep the PID, as `exec` does. */
  enter(program: string, args: readonly string[]): [program: string, args: string[]];
}

/** The network of this process. */
export const loopback: Place = {
  host: '127.0.0.1',
  enter: (program, args) => [program, [...args]],
};
