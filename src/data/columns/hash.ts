/**
 * 64 bits of a text, in two halves: what stands for a value, so that a million of them stay small.
 * The mixing is cyrb53's, of which nothing is cut off.
 */
export class TextHash {
  low = 0;
  high = 0;

  read(text: string): void {
    let low = 0xdeadbeef ^ text.length;
    let high = 0x41c6ce57 ^ text.length;
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      low = Math.imul(low ^ code, 2654435761);
      high = Math.imul(high ^ code, 1597334677);
    }
    low = Math.imul(low ^ (low >>> 16), 2246822507) ^ Math.imul(high ^ (high >>> 13), 3266489909);
    high = Math.imul(high ^ (high >>> 16), 2246822507) ^ Math.imul(low ^ (low >>> 13), 3266489909);
    this.low = low;
    this.high = high;
  }
}

/**
 * 64 bits of a sequence. Each step is one-to-one in what came before it, so sequences that differ in one
 * place only are never taken for the same.
 */
export class SequenceHash {
  private first = 0x2545f491;
  private second = 0x1b873593;

  add(low: number, high: number): void {
    const first = Math.imul(this.first ^ (low + Math.imul(high, 0x9e3779b1)), 2654435761);
    const second = Math.imul(this.second ^ (high + Math.imul(low, 0x85ebca6a)), 1597334677);
    this.first = first ^ (first >>> 15);
    this.second = second ^ (second >>> 13);
  }

  get text(): string {
    return `${this.first}:${this.second}`;
  }
}
