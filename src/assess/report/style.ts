/** The style of the page. Colors keep a contrast of 4.5 to 1 against what they stand on, in both schemes. */
export const STYLE = `
:root { color-scheme: light dark; --page: #f5f6f8; --card: #fff; --ink: #1b1f24; --soft: #525b66; --line: #d5dae1; --ring: #aab4c0;
  --accent: #0b5cad; --fill: #0b5cad2e; --good: #1a6b33; --warn: #8a4b00; --bad: #b3211b; --mark: #e8f0fa; }
@media (prefers-color-scheme: dark) { :root { --page: #14171b; --card: #1d2126; --ink: #e8ebef; --soft: #a9b2bd;
  --line: #3a424c; --ring: #5b6673; --accent: #78b5f5; --fill: #78b5f533; --good: #74cf8d; --warn: #f0b45f; --bad: #ff9087; --mark: #22303f; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--ink); font: 16px/1.5 system-ui, -apple-system, "Segoe UI", sans-serif;
  overflow-wrap: anywhere; }
header, main, footer { max-width: 66rem; margin: 0 auto; padding: 1rem; }
header { padding-top: 2rem; padding-bottom: 0; }
h1 { margin: 0; font-size: 1.1rem; font-weight: 600; color: var(--soft); }
.verdict { margin: 0; font-size: 1.9rem; line-height: 1.2; font-weight: 700; }
.gaps { margin: .25rem 0 0; color: var(--warn); font-weight: 600; }
.summary { margin: .4rem 0 0; color: var(--soft); max-width: 46rem; }
h2 { font-size: 1.25rem; margin: 0 0 .75rem; line-height: 1.3; }
h3 { font-size: 1rem; margin: 1.25rem 0 .5rem; }
section { background: var(--card); border: 1px solid var(--line); border-radius: .6rem; padding: 1.25rem; margin: 0 0 1rem; }
.overview { display: grid; gap: 1.5rem; align-items: start; }
@media (min-width: 56rem) { .overview { grid-template-columns: 26rem 1fr; } }
svg { display: block; width: 100%; max-width: 28rem; height: auto; margin: 0 auto; }
.ring { fill: none; stroke: var(--ring); } .axis { stroke: var(--ring); }
.shape { fill: var(--fill); stroke: var(--accent); stroke-width: 2.5; stroke-linejoin: round; }
.told { fill: none; stroke: var(--soft); stroke-width: 2; stroke-dasharray: 5 5; }
.dot { fill: var(--accent); } .dot-told { fill: var(--card); stroke: var(--soft); stroke-width: 2; }
svg text { fill: var(--ink); font-size: 17px; font-weight: 600; } svg .tick { fill: var(--soft); font-size: 14px; font-weight: 400; }
table { width: 100%; border-collapse: collapse; } caption { text-align: left; color: var(--soft); padding-bottom: .5rem; }
th, td { text-align: left; vertical-align: top; padding: .55rem .5rem .55rem 0; border-top: 1px solid var(--line); font-weight: 400; }
th { overflow-wrap: normal; }
.many tbody th { overflow-wrap: anywhere; min-width: 10rem; }
.dimensions tbody th { min-width: 7.4rem; padding-right: .75rem; }
thead th { border-top: 0; color: var(--soft); font-size: .875rem; } tbody th { font-weight: 600; }
td.level { white-space: nowrap; padding-right: 1rem; overflow-wrap: normal; font-weight: 700; }
td ul { margin: 0; } td li:first-child { margin-top: 0; } ul { padding-left: 1.2rem; margin: .25rem 0; } li { margin: .3rem 0; }
.plain { list-style: none; padding: 0; }
.columns { display: grid; gap: 1rem 2rem; } @media (min-width: 56rem) { .columns { grid-template-columns: 1fr 1fr; } }
.columns h3 { margin-top: 0; }
.label { display: inline-block; border: 1px solid; border-radius: 1rem; padding: 0 .6rem; font-size: .8125rem; font-weight: 600;
  white-space: nowrap; overflow-wrap: normal; }
.good { color: var(--good); } .warn { color: var(--warn); } .bad { color: var(--bad); } .soft { color: var(--soft); }
details { border-top: 1px solid var(--line); } summary { cursor: pointer; padding: .6rem 0; }
summary b { margin-right: .4rem; } details > div { padding: 0 0 .75rem 1.1rem; }
p { margin: .25rem 0; } .next { background: var(--mark); border-left: .25rem solid var(--accent); padding: .5rem .75rem; margin: .5rem 0; }
code { font: .875em/1.5 ui-monospace, "Cascadia Mono", Consolas, monospace; }
.findings li { border-top: 1px solid var(--line); padding: .6rem 0; margin: 0; }
a { color: var(--accent); } .skip { position: absolute; left: -99rem; } .skip:focus { left: 1rem; top: .5rem; background: var(--card); padding: .5rem; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; border-radius: .2rem; }
footer { color: var(--soft); font-size: .875rem; padding-bottom: 2rem; }
@media (max-width: 40rem) { .dimensions, .dimensions tbody, .dimensions tr, .dimensions td, .dimensions th, .dimensions caption,
  .many, .many tbody, .many tr, .many td, .many th { display: block; } .many th { overflow-wrap: anywhere; }
  .many td { border: 0; padding: .1rem 0; } .many td[data-of]::before { content: attr(data-of) ": "; color: var(--soft); }
  .dimensions thead, .many thead { display: none; } .dimensions tr { border-top: 1px solid var(--line); padding: .6rem 0; }
  .dimensions th, .dimensions td { border: 0; padding: 0; } .dimensions tbody th { display: inline-block; min-width: 0; }
  .dimensions td.level { display: inline-block; } .verdict { font-size: 1.5rem; } section { padding: 1rem; } }
@media print {
  :root { --page: #fff; --card: #fff; --ink: #000; --soft: #444; --line: #bbb; --ring: #999; --accent: #0b5cad; --fill: #0b5cad2e;
    --good: #1a6b33; --warn: #8a4b00; --bad: #b3211b; --mark: #f0f4f9; }
  @page { margin: 1.5cm; } body { font-size: 10.5pt; } header, main, footer { max-width: none; padding: 0; } header { margin-bottom: 1rem; } .skip { display: none; }
  section { border: 0; padding: .25rem 0; } h2, h2 + p, h3, summary, details p:not(:last-child) { break-after: avoid; } li, tr, p { break-inside: avoid; }
  details::details-content { content-visibility: visible; display: block; block-size: auto; } summary { list-style: none; padding-bottom: 0; }
  .overview { grid-template-columns: 1fr; gap: .5rem; } svg { max-width: 20rem; } details > div { padding-bottom: .5rem; }
}
`;
