/** Marketplace actions that run a text of theirs as commands, by their name without the version. */
const INLINE: readonly {
  readonly action: RegExp;
  readonly input: string;
  readonly language: 'shell' | 'powershell';
}[] = [
  { action: /^azure\/cli$/i, input: 'inlineScript', language: 'shell' },
  { action: /^azure\/powershell$/i, input: 'inlineScript', language: 'powershell' },
  { action: /^nick-(?:fields|invision)\/retry$/i, input: 'command', language: 'shell' },
  { action: /^wandalen\/wretry\.action$/i, input: 'command', language: 'shell' },
  { action: /^addnab\/docker-run-action$/i, input: 'run', language: 'shell' },
  { action: /^(?:conda-incubator|mamba-org)\/.*run/i, input: 'run', language: 'shell' },
  { action: /^coactions\/setup-xvfb$|^gabrielbb\/xvfb-action$/i, input: 'run', language: 'shell' },
  { action: /^appleboy\/ssh-action$/i, input: 'script', language: 'shell' },
];

/** The input of an action that is a script, and what reads it. */
export function inlineOf(uses: string): { input: string; language: 'shell' | 'powershell' } | undefined {
  const name = actionName(uses);
  return INLINE.find(({ action }) => action.test(name));
}

/** `azure/login` of `azure/login@v2`. */
export function actionName(uses: string): string {
  return uses.split('@', 1)[0] ?? uses;
}
