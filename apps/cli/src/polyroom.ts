#!/usr/bin/env node
import { homedir } from 'node:os';
import { setFlagsFromString } from 'node:v8';
import { run } from './program.js';

// Else process.exit can wait for ever for V8's concurrent compiler.
setFlagsFromString('--no-concurrent-sparkplug');
const { env, stderr, stdin, stdout } = process;
// The reader of a pipe has ended, as head does.
stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));
const exitCode = await run(process.argv.slice(2), { env, homeDir: homedir(), stdin, stdout, stderr });
// The native WebRTC package keeps the process alive.
stdout.write('', () => process.exit(exitCode));
