interface Cell {
  kind: 'code' | 'markdown';
  id: string;
  tags: string[];
  lines: string[];
}

/**
 * Turns a script in percent format (`# %% id=train tags=azmlops:train`, `# %% [markdown] id=intro`) into a notebook
 * (nbformat 4.5, JSON as nbformat itself writes it, no outputs).
 *
 * @throws Error when a cell has no id, an id twice, or text stands before the first cell.
 */
export function toNotebook(script: string): string {
  const cells = cellsOf(script);
  const ids = new Set(cells.map((cell) => cell.id));
  if (ids.size !== cells.length) throw new Error('two cells have one id');
  const notebook = {
    cells: cells.map(({ kind, id, tags, lines }) => {
      const metadata = tags.length ? { tags } : {};
      const source = sourceOf(lines);
      return kind === 'code'
        ? { cell_type: kind, execution_count: null, id, metadata, outputs: [], source }
        : { cell_type: kind, id, metadata, source };
    }),
    metadata: {
      kernelspec: { display_name: 'Python 3', language: 'python', name: 'python3' },
      language_info: { name: 'python' },
    },
    nbformat: 4,
    nbformat_minor: 5,
  };
  return JSON.stringify(notebook, null, 1) + '\n';
}

function cellsOf(script: string): Cell[] {
  const cells: Cell[] = [];
  for (const line of script.split('\n')) {
    const header = /^# %%( \[markdown\])?((?: \w+=\S+)*)$/.exec(line);
    if (header) {
      const words = new Map(
        [...(header[2] ?? '').matchAll(/(\w+)=(\S+)/g)].map(([, key, value]) => [key, value]),
      );
      const id = words.get('id');
      if (!id) throw new Error(`cell without id: ${line}`);
      const tags = words.get('tags')?.split(',') ?? [];
      cells.push({ kind: header[1] ? 'markdown' : 'code', id, tags, lines: [] });
      continue;
    }
    const cell = cells.at(-1);
    if (cell) cell.lines.push(cell.kind === 'markdown' ? line.replace(/^# ?/, '') : line);
    else if (line.trim()) throw new Error(`text before the first cell: ${line}`);
  }
  return cells;
}

function sourceOf(lines: string[]): string[] {
  const text = lines.join('\n').replace(/^\n+|\s+$/g, '');
  return text.split(/(?<=\n)/);
}
