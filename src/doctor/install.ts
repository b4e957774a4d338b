type Program = 'git' | 'python' | 'uv' | 'az' | 'gh';

interface Ways {
  readonly darwin: string;
  readonly win32: string;
  /** Where no one command holds for every system. */
  readonly other: string;
}

const WAYS: Readonly<Record<Program, Ways>> = {
  git: {
    darwin: 'brew install git',
    win32: 'winget install --exact --id Git.Git',
    other: 'https://git-scm.com/downloads',
  },
  python: {
    darwin: 'brew install python@3.12',
    win32: 'winget install --exact --id Python.Python.3.12',
    other: 'https://www.python.org/downloads/',
  },
  uv: {
    darwin: 'brew install uv',
    win32: 'winget install --exact --id astral-sh.uv',
    other: 'pipx install uv',
  },
  az: {
    darwin: 'brew install azure-cli',
    win32: 'winget install --exact --id Microsoft.AzureCLI',
    other: 'https://learn.microsoft.com/cli/azure/install-azure-cli',
  },
  gh: {
    darwin: 'brew install gh',
    win32: 'winget install --exact --id GitHub.cli',
    other: 'https://cli.github.com',
  },
};

/** The command that installs a program, or the page that tells how. */
export const installs = (program: Program, platform: NodeJS.Platform): string =>
  platform === 'darwin' || platform === 'win32' ? WAYS[program][platform] : WAYS[program].other;
