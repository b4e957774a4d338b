import { onceOf } from '../once.js';
import type { Node } from './nodes.js';

/** A node as it reads, shortened, for a reason; loops and functions come to the same nodes again. */
export const said = onceOf(read);

function read(node: Node): string {
  switch (node.kind) {
    case 'simple':
      return node.words
        .map((word) => word.parts.map((part) => (part.kind === 'text' ? part.text : part.raw)).join(''))
        .join(' ')
        .replace(/\s+/g, ' ')
        .slice(0, 80);
    case 'pipeline':
      return `${node.negated ? '! ' : ''}${node.parts.map(said).join(' | ')}`;
    case 'both':
      return [said(node.first), ...node.rest.map((one) => `${one.operator} ${said(one.node)}`)].join(' ');
    case 'group':
      return node.body[0] ? said(node.body[0]) : '…';
    case 'background':
    case 'redirected':
      return said(node.node);
    default:
      return '…';
  }
}

export const firstWords = (node: Node): string => said(node).split(' ').slice(0, 2).join(' ');

/** Whether a node asks for the exit code of what was before it. */
export function asksForStatus(node: Node): boolean {
  switch (node.kind) {
    case 'simple': {
      const [first, second] = node.words;
      const [name] = first?.parts ?? [];
      // `exit` alone hands on the code of what was before it.
      const bare = name?.kind === 'text' && /^(?:exit|return)$/.test(name.text) && second === undefined;
      return (
        bare ||
        node.words.some((word) =>
          word.parts.some(
            (part) => part.kind === 'variable' && (part.name === '?' || part.name.startsWith('PIPESTATUS')),
          ),
        )
      );
    }
    case 'if':
      return node.branches.some(({ condition }) => condition.some(asksForStatus));
    case 'both':
      return asksForStatus(node.first);
    case 'case':
      return node.word.parts.some((part) => part.kind === 'variable' && part.name === '?');
    default:
      return false;
  }
}
