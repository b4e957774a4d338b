import type { Act } from '../types.js';
import { actionName } from './inline.js';

/** That something else is to be started: a workflow by its file or name, or whatever listens to a type of event. */
export type Request =
  | {
      readonly is: 'workflow';
      readonly name: string;
      readonly inputs: ReadonlyMap<string, string | undefined>;
      readonly ref?: string;
    }
  | { readonly is: 'event'; readonly type: string };

/** The own repository, as a workflow speaks of it. */
const HERE = /^(?:\$\{\{github\.repository\}\}|\$\{?GITHUB_REPOSITORY\}?|\$\{?GH_REPO\}?)$/;

/** Whether a text may be a request: any other is none. */
export const mayRequest = (text: string): boolean =>
  /^gh\s+workflow\s+run\s|\/dispatches\b|\.create_dispatch\(|create_repository_dispatch\(/.test(text);

/** What a command or a call asks GitHub to start; undefined when nothing, or when it is not told by a constant. */
export function requestOf(act: Pick<Act, 'kind' | 'text'>): Request | undefined {
  const text = act.text.slice(0, 5000);
  if (!mayRequest(text)) return undefined;
  if (act.kind === 'command' && /^gh\s+workflow\s+run\s/.test(text))
    return ofWorkflowRun(wordsOf(text).slice(3));
  if (act.kind !== 'command' && act.kind !== 'call') return undefined;
  if (act.kind === 'call') {
    const named = /get_workflow\(\s*["']([^"']+)["']\s*\)\.create_dispatch\(/.exec(text)?.[1];
    if (named) return { is: 'workflow', name: named, inputs: new Map() };
    const type = /create_repository_dispatch\((?:\s*event_type\s*=)?\s*["']([^"']+)["']/.exec(text)?.[1];
    if (type) return { is: 'event', type };
  }
  const started = /\/actions\/workflows\/([\w.%-]+)\/dispatches\b/.exec(text)?.[1];
  if (started) return { is: 'workflow', name: started, inputs: fieldsOf(wordsOf(text)) };
  return /\/dispatches\b/.test(text) ? ofEvent(text) : undefined;
}

/** What a marketplace action is told to start; values are those of `with`, undefined where not known. */
export function requestOfAction(
  uses: string,
  input: (name: string) => string | undefined,
): Request | undefined {
  const name = actionName(uses).toLowerCase();
  if (name === 'peter-evans/repository-dispatch') {
    const [repository, type] = [input('repository'), input('event-type')];
    return type && (!repository || HERE.test(repository)) ? { is: 'event', type } : undefined;
  }
  if (name === 'actions/github-script') return ofScript(input('script') ?? '');
  const workflow = DISPATCHERS[name] && input(DISPATCHERS[name]);
  const repository = input('repo') ?? input('repository');
  if (!workflow || (repository && !HERE.test(repository))) return undefined;
  return { is: 'workflow', name: workflow, inputs: new Map() };
}

const DISPATCHERS: Readonly<Record<string, string>> = {
  'benc-uk/workflow-dispatch': 'workflow',
  'the-actions-org/workflow-dispatch': 'workflow',
  'convictional/trigger-workflow-and-wait': 'workflow_file_name',
  'lasith-kg/dispatch-workflow': 'workflow',
};

/** JavaScript of actions/github-script. */
function ofScript(script: string): Request | undefined {
  const code = script.slice(0, 20_000).replace(/^\s*\/\/.*$/gm, '');
  if (code.includes('createWorkflowDispatch')) {
    const name = /workflow_id\s*:\s*['"`]([^'"`$]+)['"`]/.exec(code)?.[1];
    return name ? { is: 'workflow', name, inputs: new Map() } : undefined;
  }
  return code.includes('createDispatchEvent') ? ofEvent(code) : undefined;
}

function ofEvent(text: string): Request | undefined {
  const type = /event_type["'\\]*\s*[=:]\s*["'\\]*([\w.-]+)/.exec(text)?.[1];
  return type ? { is: 'event', type } : undefined;
}

const WITH_VALUE = new Set(['-r', '--ref', '-f', '--raw-field', '-F', '--field', '-R', '--repo']);

function ofWorkflowRun(words: readonly string[]): Request | undefined {
  let name: string | undefined;
  let ref: string | undefined;
  for (let at = 0; at < words.length; at += 1) {
    const [option = '', attached] = split(words[at] ?? '');
    if (!option.startsWith('-')) {
      name ??= words[at];
      continue;
    }
    if (!WITH_VALUE.has(option)) continue;
    const value = attached ?? words[(at += 1)] ?? '';
    if ((option === '-R' || option === '--repo') && !HERE.test(value)) return undefined;
    if (option === '-r' || option === '--ref') ref = value;
  }
  if (!name || isOpen(name)) return undefined;
  return { is: 'workflow', name, inputs: fieldsOf(words), ...(ref && !isOpen(ref) ? { ref } : {}) };
}

function fieldsOf(words: readonly string[]): Map<string, string | undefined> {
  const fields = new Map<string, string | undefined>();
  words.forEach((word, at) => {
    const [option = '', attached] = split(word);
    if (!/^(?:-f|-F|--raw-field|--field)$/.test(option)) return;
    const field = attached ?? words[at + 1] ?? '';
    const equals = field.indexOf('=');
    if (equals < 1) return;
    const value = field.slice(equals + 1);
    const name = field.slice(0, equals).replace(/^inputs\[(.*)\]$/, '$1');
    fields.set(name.toLowerCase(), isOpen(value) ? undefined : value);
  });
  return fields;
}

const isOpen = (text: string) => /[$`*]/.test(text);

function split(word: string): [string, string?] {
  const match = /^(--[\w-]+)=([^]*)$/.exec(word);
  return match ? [match[1] ?? '', match[2] ?? ''] : [word];
}

/** Words of a command as an act holds it: on one line, quotes where a word needs them. */
export function wordsOf(text: string): string[] {
  const words: string[] = [];
  let word: string | undefined;
  let quote = '';
  for (const character of text) {
    if (quote ? character === quote : character === '"' || character === "'") {
      quote = quote ? '' : character;
      word ??= '';
    } else if (!quote && /\s/.test(character)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else word = (word ?? '') + character;
  }
  if (word !== undefined) words.push(word);
  return words;
}
