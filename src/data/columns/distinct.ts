const EMPTY = 0;

function longer<T extends Int32Array | Uint32Array | Float64Array>(array: T, next: T): T {
  next.set(array);
  return next;
}

/**
 * The different values of a column in the order they first came, by hash: 28 bytes for each, where a Map of
 * texts takes over a hundred. At most `limit` of them.
 */
export class Distinct {
  size = 0;
  low = new Int32Array(16);
  high = new Int32Array(16);
  /** How often each came. */
  counts = new Uint32Array(16);
  /** What each says as a number, when they are numbers. */
  numbers = new Float64Array(16);
  private slots = new Int32Array(32);

  constructor(readonly limit: number) {}

  /** Its place, or -1. */
  find(low: number, high: number): number {
    const mask = this.slots.length - 1;
    for (let slot = low & mask; ; slot = (slot + 1) & mask) {
      const place = this.slots[slot] as number;
      if (place === EMPTY) return -1;
      if (this.low[place - 1] === low && this.high[place - 1] === high) return place - 1;
    }
  }

  add(low: number, high: number): number {
    const place = this.size;
    if (place === this.low.length) this.grow();
    this.low[place] = low;
    this.high[place] = high;
    this.counts[place] = 1;
    this.size++;
    this.enter(place);
    return place;
  }

  private enter(place: number): void {
    const mask = this.slots.length - 1;
    let slot = (this.low[place] as number) & mask;
    while (this.slots[slot] !== EMPTY) slot = (slot + 1) & mask;
    this.slots[slot] = place + 1;
  }

  private grow(): void {
    const length = Math.min(this.size * 2, Math.max(this.limit, 16));
    this.low = longer(this.low, new Int32Array(length));
    this.high = longer(this.high, new Int32Array(length));
    this.counts = longer(this.counts, new Uint32Array(length));
    this.numbers = longer(this.numbers, new Float64Array(length));
    if (this.slots.length < length * 1.5) {
      this.slots = new Int32Array(this.slots.length * 2);
      for (let place = 0; place < this.size; place++) this.enter(place);
    }
  }
}
