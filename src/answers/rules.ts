import { azureProblem, reservedByAzure } from './azure-names.js';
import { DEPENDENCIES, KEYWORDS, OURS, STDLIB } from './python-words.js';

/** Says what is wrong with a value, as the end of a sentence that begins with it; undefined when it is right. */
export type Rule = (value: string) => string | undefined;

const WINDOWS_DEVICES = /^(con|prn|aux|nul|com\d|lpt\d)$/;
/** YAML 1.1 or 1.2 reads these as a truth value or as nothing, and a plain `name: off` would no longer be text. */
const YAML_WORDS = /^(yes|no|on|off|true|false|null)$/i;

export const nameRule: Rule = (name) => {
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name))
    return 'is not lower-case letters and digits in words joined by single hyphens, a letter first';
  if (name.length < 3 || name.length > 24) return `has ${name.length} characters, not 3 to 24`;
  if (WINDOWS_DEVICES.test(name)) return 'is a device name on Windows, where no folder can have it';
  if (YAML_WORDS.test(name)) return 'is read by YAML as a value, not as a name';
  return azureProblem(name);
};

export const packageRule: Rule = (name) => {
  if (!/^[a-z][a-z0-9_]*$/.test(name)) return 'is not lower-case letters, digits and _, a letter first';
  if (name.length > 24) return `has ${name.length} characters, not at most 24`;
  if (KEYWORDS.has(name)) return 'is a keyword of Python';
  if (STDLIB.has(name)) return "is a module of Python's standard library";
  if (DEPENDENCIES.has(name)) return 'is a module of a dependency';
  if (OURS.has(name)) return 'is a module or folder of the repository itself';
  if (WINDOWS_DEVICES.test(name)) return 'is a device name on Windows, where no folder can have it';
  if (YAML_WORDS.test(name)) return 'is read by YAML as a value, not as a name';
  return undefined;
};

/** One line of any Unicode. */
export const lineRule: Rule = (text) => {
  if (!text.trim()) return 'is empty';
  const control = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/.exec(text)?.[0];
  if (control) {
    const code = control.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0');
    return `has a line break or control character (U+${code})`;
  }
  return /\p{Surrogate}/u.test(text) ? 'has half a character (a lone surrogate)' : undefined;
};

export const workspaceRule: Rule = (name) => {
  if (!/^[a-zA-Z][a-zA-Z0-9-]*[a-zA-Z0-9]$/.test(name))
    return 'is not letters, digits and hyphens, a letter first, no hyphen last';
  if (name.length < 3 || name.length > 32) return `has ${name.length} characters, not 3 to 32`;
  if (YAML_WORDS.test(name)) return 'is read by YAML as a value, not as a name';
  return reservedByAzure(name);
};

export const resourceGroupRule: Rule = (name) => {
  // Azure also allows brackets and letters of other scripts; none of them needs quoting in a shell this way.
  if (!/^[a-zA-Z]([a-zA-Z0-9._-]*[a-zA-Z0-9_-])?$/.test(name))
    return 'is not letters, digits, full stops, _ and hyphens, a letter first, no full stop last';
  // Azure allows 90; from level 3 on, groups named after this one end in -staging and -production.
  if (name.length > 79) return `has ${name.length} characters, not at most 79`;
  if (YAML_WORDS.test(name)) return 'is read by YAML as a value, not as a name';
  return reservedByAzure(name);
};

const LOGIN = /^[a-zA-Z0-9](?:-?[a-zA-Z0-9]){0,38}$/;
const TEAM = /^[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?$/;

export const loginRule: Rule = (login) =>
  login === '' || LOGIN.test(login)
    ? undefined
    : 'is no GitHub login (1 to 39 letters, digits, single hyphens)';

export const teamRule: Rule = (team) => {
  const [org = '', slug, ...more] = team.split('/');
  if (team === '' || (slug === undefined && LOGIN.test(org))) return undefined;
  if (slug !== undefined && !more.length && LOGIN.test(org) && TEAM.test(slug)) return undefined;
  return 'is neither org/team nor a GitHub login';
};
