import { namesIn, withDependency } from '../steps/pyproject.js';
import { normalized, requirementOf } from '../steps/requirements.js';

/**
 * The project with what the team requires besides; requirements.txt stays the team's. Where both name a package, the
 * bounds that the emitted code was tested with stay: `note` says which differ.
 */
export function withRequirements(project: string, requirements: string): { text: string; note?: string } {
  const known = namesIn(project);
  const differ: string[] = [];
  let text = project;
  for (const line of requirements.split(/\r?\n/)) {
    const one = requirementOf(line);
    if (!one || one.name === 'pip') continue;
    if (!known.has(one.name)) {
      text = withDependency(text, one);
      known.add(one.name);
    } else if (
      normalized(one.text.replace(/\[[^\]]*\]/, '')) !== one.name &&
      !project.includes(`"${one.text}"`)
    )
      differ.push(one.text);
  }
  if (!differ.length) return { text };
  const note = `requirements.txt, which stays, asks for ${differ.join(', ')}; the package for other versions, in pyproject.toml, with which its tests pass: settle on one.`;
  return { text, note };
}
