import { seen } from '../../cli/seen.js';
import { seenPath } from '../../upgrade/report-words.js';
import {
  type Answer,
  type Check,
  type Context,
  few,
  inRepository,
  ok,
  type Ours,
  warning,
  wrong,
} from '../check.js';
import type { Repository } from '../../repository/open.js';
import { type Named, namedIn } from './named-versions.js';
import { requirementsIn } from './requirement-lines.js';
import { IMAGE_MONTHS, RETIRED } from './retired-versions.js';

export const RETIREMENTS: Check = {
  id: 'retired',
  group: 'repository',
  asks: 'whether versions are retired',
  limit: 8,
  ask: inRepository(retired),
};

async function retired(_: Repository, ours: Ours, { today }: Context): Promise<Answer | Answer[]> {
  const files = await ours.files();
  const named = namedIn(files, await requirementsIn(files));
  const answers = RETIRED.flatMap(({ id, kind, matches, what, from, runs, mend }): Answer[] => {
    const found = named.filter((each) => each.kind === kind && matches.test(each.value));
    if (!found.length) return [];
    const ahead = from !== undefined && from > today;
    const since = from === undefined ? '' : ` since ${from}`;
    const when = ahead ? `announced to end on ${from}` : `${runs ? 'no longer mended' : 'gone'}${since}`;
    const label = ahead || runs ? warning : wrong;
    return [label(`${what}: ${when} (${places(found)})`, mend, id)];
  });
  const aged = named.filter(({ kind, value }) => kind === 'image' && isAged(value, today));
  if (aged.length)
    answers.push(
      warning(
        `images are supported for ${IMAGE_MONTHS} months, and these are older: ${places(aged)}`,
        'https://mcr.microsoft.com/v2/azureml/openmpi5.0-ubuntu24.04/tags/list',
        'image-age',
      ),
    );
  return answers.length ? answers : ok('no version that is named here is retired, or announced to be');
}

const places = (found: readonly Named[]): string =>
  few(
    found.map(
      ({ path, line, value }) => `${seenPath(path)}${line === undefined ? '' : `:${line}`} ${seen(value)}`,
    ),
    3,
  );

/** Of an image whose tag is a day, as in 20260901.v1. */
function isAged(image: string, today: string): boolean {
  const [, year, month, day] =
    /^mcr\.microsoft\.com\/azureml\/[^:]+:(\d{4})(\d{2})(\d{2})\.v\d+$/.exec(image) ?? [];
  if (year === undefined) return false;
  const months = Number(year) * 12 + Number(month) - 1 + IMAGE_MONTHS;
  const until = `${Math.floor(months / 12)}-${String((months % 12) + 1).padStart(2, '0')}-${day}`;
  return until < today;
}
