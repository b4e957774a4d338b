import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ShellContext, shellText } from '../../../src/assess/shell/commands.js';

/** The commands that happen, each as `line: text`, with the folder and what is wrong with it behind. */
const read = (text: string, context?: ShellContext) =>
  shellText(text, context).commands.map(({ line, text, dir, off, swallowed }) =>
    [
      `${line}: ${text}`,
      ...(dir ? [`in ${dir}`] : dir === undefined ? ['somewhere'] : []),
      ...(off === undefined ? [] : [`OFF ${off}`]),
      ...(swallowed === undefined ? [] : [`PASSED OVER ${swallowed}`]),
    ].join(' | '),
  );

describe('the commands of a shell text', () => {
  it.each<[string, string, string[]]>([
    ['lines, comments', 'az login # az ml\n# az ml job create\npytest', ['1: az login', '3: pytest']],
    [
      'a continued line keeps the line it begins on',
      'az ml job create \\\n  --file train.yml \\\n  --stream\npytest',
      ['1: az ml job create --file train.yml --stream', '4: pytest'],
    ],
    ['quotes', `az ml job create --set "a b"='c d' x`, ['1: az ml job create --set "a b=c d" x']],
    ['a comment sign inside a word', 'curl http://x/#a', ['1: curl http://x/#a']],
    [
      'chains',
      'a && b || c; d | e & f',
      ['1: a', '1: b', '1: c', '1: d | PASSED OVER `&`', '1: e | PASSED OVER `&`', '1: f'],
    ],
    ['a substitution comes first', 'job="$(az ml job create -f a.yml)"', ['1: az ml job create -f a.yml']],
    [
      'in quotes in a substitution',
      'x="$(a "$(b "c d")")"',
      ['1: b "c d" | PASSED OVER nothing asks `$(…)` for its exit code', '1: a $(…)'],
    ],
    ['backticks', 'x=`az ml job create`', ['1: az ml job create']],
    ['a subshell keeps its folder to itself', '(cd app && pytest)\nruff', ['1: pytest | in app', '2: ruff']],
    ['cd', 'cd app\npytest\ncd ..\nruff', ['2: pytest | in app', '4: ruff']],
    ['cd to where nobody knows', 'cd "$X"\npytest', ['2: pytest | somewhere']],
    ['what is only said', 'echo az ml job create\nprintf "%s" "az ml"', []],
    ['a heredoc is text', 'cat <<EOF\naz ml job create\nEOF\npytest', ['4: pytest']],
    ['a heredoc with tabs', 'cat <<-"EOF"\n\taz ml\n\tEOF\npytest', ['4: pytest']],
    ['constants', 'F=a.yml\naz ml job create -f $F', ['2: az ml job create -f a.yml']],
    ['a default', 'F=${F:-a.yml}\naz ml job create -f "$F"', ['2: az ml job create -f a.yml']],
    ['what nobody knows stays', 'az ml job create -f "$F" ${G}', ['1: az ml job create -f $F ${G}']],
    [
      'a list',
      'a=(-f x.yml)\na+=(--stream)\naz ml job create "${a[@]}"',
      ['3: az ml job create -f x.yml --stream'],
    ],
    [
      'what others fill in',
      'python x.py ${{inputs.raw}} $[[--a ${{inputs.a}}]]',
      ['1: python x.py ${{inputs.raw}} "$[[--a ${{inputs.a}}]]"'],
    ],
    ['a loop over constants', 'for f in a b; do az $f; done', ['1: az a', '1: az b']],
    ['a loop over what nobody knows', 'for f in $x; do az "$f"; done', ['1: az $f']],
    [
      'a function counts when it is called',
      'f() {\n az $1\n}\ng() { az no; }\nf login',
      ['5: f login', '2: az login'],
    ],
    ['a function that calls itself', 'f() { f; az x; }\nf', ['2: f', '1: f', '1: az x']],
    ['case', 'case $x in\n a) az a ;;\n b|c) az b ;;\nesac', ['2: az a', '3: az b']],
    ['Windows line ends', 'az login\r\npytest \\\r\n -q\r\n', ['1: az login', '2: pytest -q']],
    ['redirections', 'az x >out.txt 2>&1 <in.txt\nb &>c', ['1: az x', '2: b']],
    [
      'here string',
      'read -r a <<<"$(az x)"',
      ['1: az x | PASSED OVER nothing asks `$(…)` for its exit code'],
    ],
    ['a test with signs in it', 'if [[ a < b && $x ]]; then az x; fi', ['1: az x']],
    ['arithmetic', '((i++))\naz x $((1 + 2))', ['2: az x "$((1 + 2))"']],
    ['eval', "eval 'az login'", ['1: az login']],
  ])('%s', (_, text, expected) => {
    expect(read(text)).toEqual(expected);
  });

  it.each<[string, string, string[]]>([
    ['|| true', 'pytest || true', ['1: pytest | PASSED OVER `|| true`']],
    ['|| :', 'pytest || :', ['1: pytest | PASSED OVER `|| :`']],
    ['|| echo', 'pytest || echo no', ['1: pytest | PASSED OVER `|| echo no`']],
    ['a failure that is told and stops', 'pytest || { echo no; exit 1; }', ['1: pytest', '1: exit 1']],
    ['set +e', 'set +e\npytest\nset -e\nruff', ['2: pytest | PASSED OVER `set +e`', '4: ruff']],
    ['set +e, then judged', 'set +e\npytest\nstatus=$?\nexit $status', ['2: pytest']],
    [
      'a condition without consequence',
      'if pytest; then :; fi',
      ['1: pytest | PASSED OVER `if …; then :; fi`'],
    ],
    ['a condition with one', 'if ! pytest; then exit 1; fi', ['1: pytest', '1: exit 1']],
    ['if false', 'if false; then\naz x\nfi', ['2: az x | OFF in a branch that is never taken: `if false`']],
    ['after exit', 'exit 0\naz x', ['2: az x | OFF after `exit 0` in line 1']],
    ['after an exit that may not come', 'if [ -z "$x" ]; then exit 1; fi\naz x', ['1: exit 1', '2: az x']],
    [
      'a constant gate',
      'DRY_RUN=true\nif [ "$DRY_RUN" != true ]; then\n az x\nfi',
      [
        '3: az x | OFF in a branch that is never taken: `if [ ${DRY_RUN} != true ]`'.replace(
          '${DRY_RUN}',
          '$DRY_RUN',
        ),
      ],
    ],
    [
      'a constant gate with &&',
      'D=1; [ $D = 0 ] && az x',
      ['1: az x | OFF after `[ $D = 0 ] &&`, which never lets it'],
    ],
    [
      'what a loop over arguments may change',
      'd=no\nwhile [ $# -gt 0 ]; do case $1 in --go) d=yes ;; esac; shift; done\nif [ $d = yes ]; then az x; fi',
      ['3: az x'],
    ],
    ['--dry-run', 'az x --dry-run', ['1: az x --dry-run | OFF `--dry-run`: nothing is changed']],
    [
      'else of what always holds',
      'if true; then a; else b; fi',
      ['1: a', '1: b | OFF in the other branch of `if true`, which always holds'],
    ],
  ])('says what never happens, and what stops nothing: %s', (_, text, expected) => {
    expect(read(text)).toEqual(expected);
  });

  it('knows the words that a script was called with', () => {
    expect(
      read('case $1 in deploy) az deploy "$2" ;; *) az other ;; esac', { words: ['deploy', 'prod'] }),
    ).toEqual(['1: az deploy prod', '1: az other | OFF in a branch of `case` that deploy never takes']);
  });

  it('lets a failure before a pipe pass where the shell has no pipefail', () => {
    expect(read('pytest | tee x', { pipefail: false })).toEqual([
      '1: pytest | PASSED OVER `| tee x` without pipefail',
      '1: tee x',
    ]);
    expect(read('set -euo pipefail\npytest | tee x', { pipefail: false })).toEqual(['2: pytest', '2: tee x']);
  });

  it('never throws, whatever the text', () => {
    const pieces = [
      ...'\'"`$(){}[]<>|&;\n\\ ab#=*!',
      ...'if ,then ,fi ,case ,in ,esac,do ,done ,for ,while ,<<E\n,$(,${,f() ,x=(,[[ ,$((, || '.split(','),
    ];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...pieces), { maxLength: 200 }), (text) => {
        expect(shellText(text.join('')).commands.length).toBeLessThanOrEqual(5000);
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    '$(',
    '(',
    '{ ',
    '"$(',
    'if ',
    'f() ',
    '`',
    '${',
    'case x in ',
    '<<E\n',
    'for i in 1 2 3 4 5 6 7 8 9; do ',
  ])('ends on a hundred thousand times %j', (piece) => {
    const started = performance.now();
    shellText(piece.repeat(100_000 / piece.length));
    expect(performance.now() - started).toBeLessThan(4000);
  });
});
