import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { Context } from '../../src/render/context.js';
import { loadRoot } from '../../src/render/load.js';
import { renderOverlays } from '../../src/render/overlays.js';

const context = {
  name: 'churn',
  pkg: 'churn',
  app: 'churn_app',
  task: 'regression',
  online: true,
  batch: false,
} as unknown as Context;

const folders: string[] = [];
afterEach(() => folders.splice(0).forEach((folder) => rmSync(folder, { recursive: true })));

function rootOf(files: Record<string, string | Uint8Array>) {
  const dir = mkdtempSync(join(tmpdir(), 'root-'));
  folders.push(dir);
  for (const [path, content] of Object.entries({ 'files.yml': '[]', ...files })) {
    mkdirSync(dirname(join(dir, path)), { recursive: true });
    writeFileSync(join(dir, path), content);
  }
  return loadRoot(dir);
}

function renderText(files: Record<string, string | Uint8Array>, level = 1) {
  const tree = renderOverlays([rootOf(files)], level, context);
  return Object.fromEntries([...tree].map(([path, { content }]) => [path, Buffer.from(content).toString()]));
}

describe('overlays', () => {
  it('hold nothing that a tool left behind among the templates', () => {
    const files = {
      'level-0/a': '0',
      'level-0/src/.ruff_cache/CACHEDIR.TAG': 'x',
      'level-0/src/__pycache__/a.pyc': 'x',
      'level-0/.mypy_cache/a': 'x',
    };
    expect(renderText(files)).toEqual({ a: '0' });
  });

  it('lay a higher level over a lower one, and leave out the levels above', () => {
    const files = { 'level-0/a': '0', 'level-0/b': '0', 'level-1/b': '1', 'level-2/c': '2' };
    expect(renderText(files)).toEqual({ a: '0', b: '1' });
  });

  it('fill names into text and into path words', () => {
    const files = { 'level-1/src/_package_/a.txt': 'I am <%= name %>' };
    expect(renderText(files)).toEqual({ 'src/churn/a.txt': 'I am churn' });
  });

  it('take the suffix .tpl off and leave no trace of an if', () => {
    const text = 'a\n<%_ if (online) { _%>\nonline\n<%_ } _%>\n<%_ if (batch) { _%>\nbatch\n<%_ } _%>\nz\n';
    expect(renderText({ 'level-0/.gitignore.tpl': text })).toEqual({ '.gitignore': 'a\nonline\nz\n' });
  });

  it("prefer the task's partial to the common one", () => {
    const files = {
      'level-0/a': "<%- include('x') %><%- include('y') %>",
      'partials/x': 'common x',
      'partials/y': ' common y',
      'tasks/regression/partials/x': 'regression x of <%= name %>',
    };
    expect(renderText(files)).toEqual({ a: 'regression x of churn common y' });
  });

  it('emit a path only if its rule says so', () => {
    const files = {
      'files.yml':
        '[{ path: batch/, if: batch }, { path: old, until: 0 }, { path: on/x, if: online }, { path: off, unless: online }, { path: still, unless: batch }]',
      'level-0/batch/x': '',
      'level-0/off': '',
      'level-0/still': '',
      'level-0/old': '',
      'level-0/on/x': '',
    };
    expect(Object.keys(renderText(files))).toEqual(['on/x', 'still']);
  });

  it('keep bytes that are no text, and make a script executable', () => {
    const bytes = new Uint8Array([0, 1, 255]);
    const tree = renderOverlays(
      [rootOf({ 'level-0/a.bin': bytes, 'level-0/run.sh': '#!/bin/sh\n<%= name %>\n' })],
      0,
      context,
    );
    expect(new Uint8Array(tree.get('a.bin')!.content)).toEqual(bytes);
    expect([...tree.values()].map((entry) => entry.mode)).toEqual(['100644', '100755']);
  });

  it('let a later root replace and add files', () => {
    const tree = renderOverlays(
      [rootOf({ 'level-0/a': 'ours' }), rootOf({ 'level-0/a': 'theirs', 'level-0/b': '' })],
      0,
      context,
    );
    expect(Buffer.from(tree.get('a')!.content).toString()).toBe('theirs');
    expect([...tree.keys()]).toEqual(['a', 'b']);
  });

  it.each([
    ['an unknown name', { 'level-0/a': '<%= nmae %>' }, /level-0\/a: nmae is not defined/],
    ['an unknown partial', { 'level-0/a': "<%- include('no') %>" }, /level-0\/a: no partial no/],
    ['a value that is not there', { 'level-0/a': '<%= title %>' }, /level-0\/a: a template prints undefined/],
    ['a file outside the overlays', { 'levle-0/a': '' }, /levle-0\/a: neither/],
    ['a rule on an unknown name', { 'files.yml': '[{ path: a, if: onlien }]' }, /files.yml: .*onlien/],
    [
      'an exception for an unknown name',
      { 'files.yml': '[{ path: a, unless: onlien }]' },
      /files.yml: .*onlien/,
    ],
    ['code that does not parse', { 'level-0/a': '<% if ( { %>' }, /templates\/level-0\/a/],
  ])('refuse %s, naming the template', (_, files, message) => {
    expect(() => renderText(files as Record<string, string>)).toThrow(message);
  });
});
