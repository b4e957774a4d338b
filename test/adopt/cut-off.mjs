import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

/** Loaded before the program: ends it as SIGKILL does, before the change of the disk whose number is in CUT_OFF_AT. */
const at = Number(process.env.CUT_OFF_AT);
let count = 0;
const changes = ['mkdirSync', 'renameSync', 'rmSync', 'writeFileSync'];
for (const name of changes) {
  const real = fs[name];
  fs[name] = (...all) => {
    if (count++ === at) process.kill(process.pid, 'SIGKILL');
    return real(...all);
  };
}
syncBuiltinESMExports();
