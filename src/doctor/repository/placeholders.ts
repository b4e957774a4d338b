import { count, seenPath } from '../../upgrade/report-words.js';
import { shellWord } from '../../upgrade/shell-word.js';
import { type Answer, type Check, few, inRepository, ok, type Ours, warning } from '../check.js';
import type { Repository } from '../../repository/open.js';
import { writtenPaths } from './sound.js';

export const PLACEHOLDERS: Check = {
  id: 'placeholders',
  group: 'repository',
  asks: 'what is left to fill in',
  limit: 8,
  ask: inRepository(placeholders),
};

/** As the emitted model_card.py counts them: in quotes it only names the mark. */
const MARK = /(?<!")\bto fill in\b/gi;

async function placeholders(repository: Repository, ours: Ours): Promise<Answer[]> {
  const files = await ours.files();
  const open: { path: string; places: number }[] = [];
  for (const path of await writtenPaths(repository)) {
    if (!path.endsWith('.md')) continue;
    const places = [...(files.text(path) ?? '').matchAll(MARK)].length;
    if (places) open.push({ path, places });
  }
  const places = open.reduce((sum, each) => sum + each.places, 0);
  const named = few(open.map((each) => `${seenPath(each.path)} (${each.places})`));
  return [
    places
      ? warning(
          `${count(places, 'place')} left that only people can fill in: ${named}`,
          `git grep --line-number --ignore-case "to fill in" -- ${open.map(({ path }) => shellWord(path)).join(' ')}`,
        )
      : ok('no place is left to fill in'),
    ...(repository.manifest.level >= 1 ? [owners(files.text('.github/CODEOWNERS'))] : []),
  ];
}

function owners(text: string | undefined): Answer {
  const about = 'owners';
  const named = text?.split(/\r?\n/).some((line) => /^[^#\s]\S*\s+[^#\s]*@/.test(line.trim()));
  return named
    ? ok('.github/CODEOWNERS names who is asked for a review', about)
    : warning(
        '.github/CODEOWNERS names nobody, so nobody is asked for a review',
        'azmlops set owner=LOGIN',
        about,
      );
}
