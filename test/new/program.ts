/** The program from its sources, as a process of its own. */
export const program = `
import { createServer } from 'vite';
const server = { middlewareMode: true, hmr: false, watch: null, ws: false };
const vite = await createServer({ configFile: false, appType: 'custom', logLevel: 'error', server });
const { run } = await vite.ssrLoadModule('/src/cli/run.ts');
const { stdin, stdout, stderr, env } = process;
process.exitCode = await run(process.argv.slice(1), { cwd: process.cwd(), stdin, stdout, stderr, env });
`;
