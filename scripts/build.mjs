// Sources to dist/: TypeScript by tsc, then templates/ and maturity.yml compiled to modules, so that neither EJS nor
// a YAML parser is loaded when the program starts.
import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
rmSync(`${root}/dist`, { recursive: true, force: true });
execFileSync(process.execPath, [`${root}/node_modules/typescript/bin/tsc`, '-p', 'tsconfig.build.json'], {
  cwd: root,
  stdio: 'inherit',
});
cpSync(`${root}/src/profile/example.json`, `${root}/dist/src/profile/example.json`);
await import('./compile-templates.mjs');
chmodSync(`${root}/dist/src/cli/main.js`, 0o755);
