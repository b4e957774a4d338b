import { quoted } from '../render/quote.js';

/** Folders whose types the emitted project checks. */
const TYPED = /^(src|app|tests|scripts|local|delivery|local_azure)\//;

/**
 * A project's file that leaves the team's own Python out of ruff and mypy, which would find fault with code that was
 * never written for them; undefined when the file has another shape than ours.
 */
export function unchecked(
  text: string,
  own: readonly string[],
  templates: ReadonlySet<string>,
): { text: string; note: string } | undefined {
  // Beside lines that no level changes: there the next one would change what this has put in.
  const [ruff, mypy] = [/^line-length = .*\n/m, /^check_untyped_defs = .*\n/m];
  if (!ruff.test(text) || !mypy.test(text)) return undefined;
  const places = folded(own, templates).filter((path) => !/[*?[\]{}!]/.test(path));
  if (!places.length) return undefined;
  const lines = places.map((path) => `  ${quoted(`./${path}`)},\n`).join('');
  const typed = own.filter((path) => path.endsWith('.py') && TYPED.test(path));
  const patterns = typed
    .map((path) => `  ${quoted(`^${path.replace(/[\\^$.|?*+(){}[\]]/g, '\\$&')}$`)},\n`)
    .join('');
  const made = text
    .replace(
      ruff,
      (all) =>
        `${all}# Yours from before azmlops adopt: take a line away when ruff has nothing to say of it.\nextend-exclude = [\n${lines}]\n`,
    )
    .replace(mypy, (all) => (patterns ? `${all}exclude = [\n${patterns}]\n` : all));
  const listed = places.slice(0, 6).join(', ') + (places.length > 6 ? ` and ${places.length - 6} more` : '');
  return {
    text: made,
    note: `make lint and make types leave out your own Python (${listed}), as pyproject.toml lists: take lines away as it is ready for them.`,
  };
}

/** A folder at the top in which templates have nothing, instead of each file in it. */
function folded(own: readonly string[], templates: ReadonlySet<string>): string[] {
  const ours = new Set([...templates].map((path) => path.split('/')[0]));
  const places = own.map((path) => {
    const [top = '', ...below] = path.split('/');
    return below.length && !ours.has(top) ? top : path;
  });
  return [...new Set(places)].sort();
}
