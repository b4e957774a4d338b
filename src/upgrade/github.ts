import { EXIT, UserError } from '../errors.js';
import { asPerson, gitAsPerson } from '../git/as-person.js';
import { git, tryGit } from '../git/git.js';

const SECONDS = 120;

/** Where a branch is pushed to: as git chooses it for the branch that is current. */
export async function remoteFor(dir: string, branch: string | undefined): Promise<string> {
  const remotes = (await git(dir, ['remote'])).split('\n').filter(Boolean);
  const keys = [
    ...(branch === undefined ? [] : [`branch.${branch}.pushRemote`]),
    'remote.pushDefault',
    ...(branch === undefined ? [] : [`branch.${branch}.remote`]),
  ];
  for (const key of keys) {
    const named = (await tryGit(dir, ['config', '--get', key])).stdout.trim();
    if (remotes.includes(named)) return named;
  }
  if (remotes.includes('origin')) return 'origin';
  const [only, ...others] = remotes;
  if (only !== undefined && !others.length) return only;
  throw new UserError(
    remotes.length
      ? `--pr: which of the remotes ${remotes.join(', ')} is meant?`
      : '--pr: this repository has no remote to push to.',
    remotes.length ? `git config remote.pushDefault ${remotes[0]}` : 'git remote add origin ADDRESS',
    EXIT.refused,
  );
}

/** @throws UserError (3) when gh is missing or not signed in. */
export async function requireGh(dir: string): Promise<void> {
  const signedIn = await asPerson('gh', dir, ['auth', 'status'], { seconds: SECONDS }).catch(
    (error: unknown) => {
      if (!(error instanceof UserError)) throw error;
      throw new UserError(
        '--pr opens the pull request with gh, which is not there.',
        'Install it (https://cli.github.com), or leave --pr out and open it yourself.',
        EXIT.refused,
      );
    },
  );
  if (signedIn.exitCode === 0) return;
  throw new UserError(
    `--pr: gh cannot act for you: ${firstLine(signedIn.stderr || signedIn.stdout)}`,
    'gh auth login',
    EXIT.refused,
  );
}

/** Pushes the branch and opens the pull request. Returns its address, or what went wrong. */
export async function openPullRequest(
  dir: string,
  about: {
    readonly remote: string;
    readonly branch: string;
    readonly title: string;
    readonly text: string;
  },
): Promise<{ readonly address: string } | { readonly failed: string }> {
  const { remote, branch, title, text } = about;
  const pushed = await gitAsPerson(dir, ['push', '--set-upstream', remote, `refs/heads/${branch}`], {
    seconds: SECONDS,
  });
  if (pushed.exitCode !== 0)
    return { failed: `git push --set-upstream ${remote} ${branch}: ${pushed.stderr.trim()}` };
  const args = ['pr', 'create', '--title', title, '--body-file', '-', '--head', branch];
  const opened = await asPerson('gh', dir, args, { input: text, seconds: SECONDS });
  const address = /https?:\/\/\S+/.exec(opened.stdout)?.[0];
  if (opened.exitCode === 0 && address) return { address };
  return { failed: `gh pr create --head ${branch}: ${(opened.stderr || opened.stdout).trim()}` };
}

const firstLine = (text: string): string => text.trim().split('\n')[0] ?? '';
