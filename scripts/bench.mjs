// `npm run bench`: how long the commands take, as ratios within one run, so that a slow machine says the same.
// `npm run bench new` (or upgrade, data, assess) runs one part.
import { execFileSync } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { folder, main, root } from './bench/measure.mjs';

if (!existsSync(main))
  execFileSync(process.execPath, [join(root, 'scripts/build.mjs')], { stdio: 'inherit' });
const wanted = process.argv.slice(2);
try {
  for (const part of ['new', 'upgrade', 'data', 'assess'])
    if (!wanted.length || wanted.includes(part)) await import(`./bench/${part}.mjs`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
