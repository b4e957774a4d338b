// Validates workflows with GitHub's own parser and language service, offline.
//   node language-service.mjs REPOSITORY...      exit 1 when anything is reported
import { readFileSync, readdirSync, existsSync } from 'node:fs';
import { register } from 'node:module';
import { join } from 'node:path';

// The package imports JSON without an attribute, which Node refuses; this loader hook supplies it.
register(
  'data:text/javascript,' +
    encodeURIComponent(`export const load = (url, context, next) =>
  next(url, url.endsWith('.json') ? { ...context, importAttributes: { type: 'json' } } : context);`),
);
const { validate } = await import('@actions/languageservice/validate');
const { TextDocument } = await import('vscode-languageserver-textdocument');

const { actions } = JSON.parse(readFileSync(new URL('actions.json', import.meta.url), 'utf8'));

/** What the service needs to check called workflows and the inputs of actions pinned by commit. */
const providers = (repository) => ({
  fileProvider: {
    getFileContent: async (ref) => ({
      name: ref.path,
      content: readFileSync(join(repository, ref.path), 'utf8'),
    }),
  },
  // An action that is not in actions.json is an error: nobody looked up its inputs.
  actionsMetadataProvider: {
    fetchActionMetadata: async ({ owner, name }) => {
      const known = actions[`${owner}/${name}`.toLowerCase()];
      if (!known?.inputs) return undefined;
      const inputs = Object.entries(known.inputs).map(([key, input]) => [
        key,
        { ...input, default: input.default ?? undefined },
      ]);
      return { name, description: '', inputs: Object.fromEntries(inputs) };
    },
  },
});

let findings = 0;
for (const repository of process.argv.slice(2)) {
  const folder = join(repository, '.github/workflows');
  if (!existsSync(folder)) continue;
  for (const file of readdirSync(folder).sort()) {
    const path = join(folder, file);
    const document = TextDocument.create(`file://${path}`, 'yaml', 1, readFileSync(path, 'utf8'));
    for (const found of await validate(document, providers(repository))) {
      findings++;
      const { line, character } = found.range.start;
      console.log(`${path}:${line + 1}:${character + 1}: ${found.message}`);
    }
  }
}
process.exit(findings ? 1 : 0);
