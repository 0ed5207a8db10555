import { spawnSync } from 'node:child_process';

/**
 * Reports to systemd that the unit is ready (`Type=notify`). It takes systemd's program, because Node.js has no datagram
 * sockets of the file system. Does nothing if systemd does not wait for it. Throws if the report fails.
 */
export function notifySystemd(env: NodeJS.ProcessEnv = process.env): void {
  if (env['NOTIFY_SOCKET'] === undefined) {
    return;
  }
  const { error, status, stderr } = spawnSync('systemd-notify', ['--ready'], { env, encoding: 'utf8' });
  if (error !== undefined || status !== 0) {
    throw new Error(`systemd-notify failed: ${error?.message ?? stderr.trim()}`);
  }
}
