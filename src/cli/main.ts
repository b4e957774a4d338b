#!/usr/bin/env node
import { EXIT } from '../errors.js';
import { run } from './run.js';

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  // A reader that has seen enough (`azmlops levels | head`) is no error.
  if (error.code === 'EPIPE') process.exit();
  process.stderr.write(`azmlops: standard output cannot be written: ${error.message}\n`);
  process.exit(EXIT.refused);
});

process.exitCode = await run(process.argv.slice(2), {
  cwd: process.cwd(),
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
});
