import {
  createPrompt,
  isBackspaceKey,
  isEnterKey,
  makeTheme,
  useKeypress,
  usePrefix,
  useState,
} from '@inquirer/core';

interface Asked {
  readonly message: string;
  /** What Enter alone takes. */
  readonly proposed: string;
  /** What is wrong with a value; undefined when nothing is. */
  readonly problem: (value: string) => string | undefined;
}

/** A line of text that is judged at each key; Enter takes what stands there, and nothing that is wrong. */
export const textPrompt = createPrompt<string, Asked>(({ message, proposed, problem }, done) => {
  const theme = makeTheme();
  const [status, setStatus] = useState<'idle' | 'done'>('idle');
  const [typed, setTyped] = useState<string | undefined>(undefined);
  const prefix = usePrefix({ status, theme });
  const value = typed ?? proposed;
  const wrong = problem(value);

  useKeypress((key, line) => {
    if (status !== 'idle') return;
    if (isEnterKey(key)) {
      // The line is empty after Enter.
      if (wrong !== undefined) return line.write(value);
      setTyped(value);
      setStatus('done');
      done(value);
    } else if (isBackspaceKey(key) && typed === undefined) setTyped('');
    else setTyped(line.line);
  });

  const shown =
    status === 'done'
      ? theme.style.answer(value)
      : typed === undefined
        ? theme.style.defaultAnswer(proposed)
        : typed;
  const error = status === 'done' || wrong === undefined ? '' : theme.style.error(wrong);
  return [`${prefix} ${theme.style.message(message, status)} ${shown}`, error];
});
