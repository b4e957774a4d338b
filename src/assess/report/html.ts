import type { Evidence, Severity } from '../types.js';
import { html, page, prose } from './markup.js';
import { radar } from './radar.js';
import type { Entry } from './table.js';
import {
  type Alike,
  type DimensionView,
  labelWords,
  levelWords,
  LOOKED_FOR,
  placeOf,
  type RowView,
  severities,
  verdict,
  type View,
} from './view.js';

/** Of a list the first are shown, the rest is counted: a page of many thousand lines helps nobody. */
const SHOWN = { evidence: 20, findings: 200, places: 50, notes: 50 };

/** The whole assessment as one page; what comes from the repository is escaped, and nothing is loaded or run. */
export function htmlOf(view: View): string {
  const { assessment, level, gaps } = view;
  const said = verdict(view);
  const title = level ? `Level ${level.number}, ${level.name}` : said.charAt(0).toUpperCase() + said.slice(1);
  const summary = level
    ? level.summary
    : `${LOOKED_FOR} Nothing of the kind is there, so there is no level to tell.`;
  return page(
    `${assessment.name}: ${said}`,
    `<a class="skip" href="#content">Skip to the content</a>
<header>
<h1>MLOps maturity of ${html(assessment.name)}</h1>
<p class="verdict">${html(title)}</p>${
      gaps.length
        ? `\n<p class="gaps">Held back by: ${gaps.map((row) => html(row.title)).join(', ')}</p>`
        : ''
    }
<p class="summary">${html(summary)}</p>
</header>
<main id="content" tabindex="-1">
${assessment.ml ? sections(view) : ''}${notes(view)}
</main>
${FOOTER}`,
  );
}

const FOOTER = `<footer><p>Written by <code>azmlops assess</code> from the files of the repository: nothing in it was run, and nothing was asked of Azure or GitHub. People is what its people said; it never counts for the level.</p></footer>`;

const sections = (view: View): string =>
  [overview(view), needs(view), findings(view), roadMap(view), evidence(view)].filter(Boolean).join('\n');

function overview({ dimensions }: View): string {
  const row = (one: DimensionView) =>
    `<tr><th scope="row">${html(one.name)}</th><td class="level">${levelCell(one)}</td><td>${backCell(one)}</td></tr>`;
  return `<section aria-labelledby="dimensions"><h2 id="dimensions">Dimensions, and what holds each back</h2>
<div class="overview">
${radar(dimensions)}
<table class="dimensions"><caption>Levels from 0 to 4. A dimension is at the lowest level of its rows.</caption>
<thead><tr><th scope="col">Dimension</th><th scope="col">Level</th><th scope="col">Held back by</th></tr></thead>
<tbody>
${dimensions.map(row).join('\n')}
</tbody></table>
</div></section>`;
}

function levelCell(one: DimensionView): string {
  if (one.level === null) return `<span class="soft">${html(levelWords(one))}</span>`;
  return one.counted ? String(one.level) : `${one.level} <span class="soft">told</span>`;
}

function backCell({ back, level, counted }: DimensionView): string {
  if (level === null)
    return counted ? '' : '<span class="soft"><code>azmlops assess --interview</code> asks</span>';
  if (!back.length) return '<span class="soft">nothing</span>';
  const items = back.map(
    ({ title, next }) => `<li><b>${html(title)}</b>${next && counted ? `: ${prose(next)}` : ''}</li>`,
  );
  return `<ul class="plain">${items.join('')}</ul>`;
}

function needs({ assessment: { definition }, next }: View): string {
  if (!next || !definition.length) return '';
  const items = definition.map(
    ({ says, met }) =>
      `<li><span class="label ${met ? 'good' : 'warn'}">${met ? 'met' : 'not yet'}</span> ${prose(says)}</li>`,
  );
  return `<section aria-labelledby="needs"><h2 id="needs">What defines level ${next.number}, ${html(next.name)}</h2>
<p class="soft">${html(next.summary)}</p>
<ul class="plain">${items.join('')}</ul></section>`;
}

const TONE: Readonly<Record<Severity | RowView['label'], string>> = {
  high: 'bad',
  medium: 'warn',
  low: 'soft',
  met: 'good',
  partly: 'warn',
  'not met': 'bad',
  'cannot be seen': 'soft',
};

function findings({ findings: all, alike }: View): string {
  if (!all.length) return '';
  const item = ({ severity, places, says, fix }: Alike) =>
    `<li><span class="label ${TONE[severity]}">${severity}</span> ${placesOf(places)} ${prose(says)}
<p class="soft">Fix: ${prose(fix)}</p></li>`;
  return `<section aria-labelledby="findings"><h2 id="findings">Findings: ${html(severities(all))}</h2>
<p class="soft">They stand beside the level and do not change it.</p>
<ul class="plain findings">${bounded(alike.map(item), SHOWN.findings)}</ul></section>`;
}

function placesOf(places: readonly string[]): string {
  const rest = places.length - SHOWN.places;
  const named = places.slice(0, SHOWN.places).map((place) => `<code>${html(place)}</code>`);
  return `${named.join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
}

function roadMap({ level, next }: View): string {
  if (!level) return '';
  const challenges = level.challenges.map(
    ({ theme, text }) => `<li><b>${html(theme)}</b>: ${html(text)}</li>`,
  );
  const tasks = level.next.map((text) => `<li>${html(text)}</li>`);
  return `<section aria-labelledby="road"><h2 id="road">${next ? `The road to level ${next.number}` : 'What comes next'}</h2>
<div class="columns">
<div><h3>What is hard at level ${level.number}</h3><ul>${challenges.join('')}</ul></div>
<div><h3>What leads on</h3><ul>${tasks.join('')}</ul></div>
</div></section>`;
}

const evidence = ({ dimensions }: View): string =>
  `<section aria-labelledby="evidence"><h2 id="evidence">Every characteristic, with its evidence</h2>
<p class="soft">A row is met when all that the model asks of it is seen. Otherwise its label says how far it gets.</p>
${dimensions.map(({ name, rows }) => `<h3>${html(name)}</h3>\n${rows.map(details).join('\n')}`).join('\n')}
</section>`;

function details(row: RowView): string {
  const list = (title: string, all: readonly Evidence[]) =>
    all.length ? `<p>${title}</p><ul>${bounded(all.map(place), SHOWN.evidence)}</ul>` : '';
  const nothing =
    row.evidence.length || row.nearly.length || row.next || row.told
      ? ''
      : '<p class="soft">Files cannot show it.</p>';
  return `<details><summary><b>${html(row.title)}</b> <span class="label ${TONE[row.label]}">${html(labelWords(row))}</span></summary><div>
${row.statement ? `<p>${html(row.statement)}</p>` : ''}
${list('Evidence', row.evidence)}${list('Looks like evidence, but does not count', row.nearly)}${told(row)}
${row.next ? `<p class="next"><b>Next:</b> ${prose(row.next)}</p>` : ''}${nothing}
</div></details>`;
}

function told({ told: said }: RowView): string {
  if (!said) return '';
  const when = said.on ? ` on ${html(said.on)}` : '';
  return `<p>Told${when}, not seen: level ${said.holds}.${said.note ? ` ${html(said.note)}` : ''}</p>`;
}

const place = (one: Evidence): string => `<li><code>${html(placeOf(one))}</code> ${prose(one.found)}</li>`;

function bounded(items: readonly string[], most: number): string {
  const rest = items.length - most;
  return items.slice(0, most).join('') + (rest > 0 ? `<li>and ${rest} more</li>` : '');
}

function notes({ notes: all }: View): string {
  if (!all.length) return '';
  return `<section aria-labelledby="notes"><h2 id="notes">What could not be seen</h2><ul>${bounded(
    all.map((text) => `<li>${prose(text)}</li>`),
    SHOWN.notes,
  )}</ul></section>`;
}

/** Many repositories on one page. */
export function tableHtml(entries: readonly Entry[]): string {
  const head = [
    'Repository',
    'Level',
    'Model creation',
    'Model release',
    'Application integration',
    'Findings',
  ];
  const row = (entry: Entry) => {
    const cells =
      'error' in entry
        ? `<td colspan="5">${html(entry.error)}</td>`
        : [entry.level, entry.creation, entry.release, entry.app, entry.findings]
            .map((cell, at) => `<td data-of="${head[at + 1] ?? ''}">${html(cell)}</td>`)
            .join('');
    return `<tr><th scope="row">${html(entry.dir)}</th>${cells}</tr>`;
  };
  return page(
    'MLOps maturity',
    `<header><h1>MLOps maturity</h1><p class="verdict">${entries.length} repositories</p></header>
<main><section aria-labelledby="all"><h2 id="all">Levels</h2><table class="many">
<thead><tr>${head.map((word) => `<th scope="col">${word}</th>`).join('')}</tr></thead>
<tbody>${entries.map(row).join('\n')}</tbody></table></section></main>
${FOOTER}`,
  );
}
