import { seen } from '../../cli/seen.js';
import { count, seenPath } from '../../upgrade/report-words.js';
import {
  type Answer,
  type Check,
  type Context,
  few,
  inRepository,
  ok,
  type Ours,
  warning,
} from '../check.js';
import type { Repository } from '../../repository/open.js';
import { requirementsIn } from './requirement-lines.js';

export const REQUIREMENTS: Check = {
  id: 'requirements',
  group: 'repository',
  asks: 'whether requirements are pinned',
  limit: 8,
  ask: inRepository(requirements),
};

async function requirements(_: Repository, ours: Ours, { call }: Context): Promise<Answer> {
  const all = await requirementsIn(await ours.files());
  const loose = all.filter(({ pinned }) => !pinned);
  if (!loose.length) return ok(`every requirement has a bound (${all.length})`);
  const named = few(
    loose.map(
      ({ path, line, text }) => `${seenPath(path)}${line === undefined ? '' : `:${line}`} ${seen(text)}`,
    ),
  );
  return warning(
    `${count(loose.length, 'requirement')} without a bound, so tomorrow's release may break what works today: ${named}`,
    // A virtual environment that uv made has no pip in it.
    call.find('uv') ? 'uv pip freeze' : '.venv/bin/python -m pip freeze',
  );
}
