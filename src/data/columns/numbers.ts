const ZERO = 48;
const NINE = 57;
/** 2^53, the last up to which each whole number is told from the next. */
const LARGEST = '9007199254740992';
const POWERS = Array.from({ length: 16 }, (_, exponent) => 10 ** exponent);

const digitAt = (text: string, at: number): boolean => {
  const code = text.charCodeAt(at);
  return code >= ZERO && code <= NINE;
};

/**
 * What a value says as a number, read without making anything new, as it is done for every value of a file.
 *
 * Numbers are `12`, `-0.5`, `.5`, `1.`, `1e5`, `-1.5E-3`; with `comma` also `1,5` (and then only like that).
 * None are: codes (leading zeros, a plus sign, whole ones beyond 2^53, which no number holds exactly),
 * thousands separators, units, infinity.
 */
export class NumberReader {
  value = 0;
  form: 'whole' | 'point' | 'comma' | 'exponent' = 'whole';
  /** Digits after the point or comma. */
  decimals = 0;

  constructor(private readonly comma: boolean) {}

  read(text: string): boolean {
    const { length } = text;
    const start = text.charCodeAt(0) === 45 ? 1 : 0;
    let at = start;
    let digits = 0;
    for (; at < length; at++) {
      const digit = text.charCodeAt(at) - ZERO;
      if (digit < 0 || digit > 9) break;
      digits = digits * 10 + digit;
    }
    const whole = at - start;
    if (whole > 1 && text.charCodeAt(start) === ZERO) return false;
    this.decimals = 0;
    if (at === length) {
      if (whole === 0 || whole > LARGEST.length) return false;
      if (whole === LARGEST.length && text.slice(start) > LARGEST) return false;
      return this.is('whole', start ? -digits : digits);
    }
    const sign = text[at];
    if (sign === '.' || (sign === ',' && this.comma)) {
      const point = at++;
      for (; at < length; at++) {
        const digit = text.charCodeAt(at) - ZERO;
        if (digit < 0 || digit > 9) break;
        digits = digits * 10 + digit;
      }
      this.decimals = at - point - 1;
      if (whole + this.decimals === 0) return false;
      if (sign === ',' && (whole === 0 || this.decimals === 0 || at < length)) return false;
      if (at === length) {
        const form = sign === '.' ? 'point' : 'comma';
        // Both are exact up to here, so that their quotient is the number that is written.
        if (whole + this.decimals <= 15) {
          const size = digits / (POWERS[this.decimals] ?? 1);
          return this.is(form, start ? -size : size);
        }
        return this.is(form, Number(sign === '.' ? text : text.replace(',', '.')));
      }
    } else if (whole === 0) return false;
    return this.exponent(text, at);
  }

  private exponent(text: string, from: number): boolean {
    if ((text.charCodeAt(from) | 32) !== 101) return false;
    let at = from + 1;
    if (text[at] === '-' || text[at] === '+') at++;
    if (at === text.length) return false;
    for (; at < text.length; at++) if (!digitAt(text, at)) return false;
    return this.is('exponent', Number(text));
  }

  private is(form: NumberReader['form'], value: number): boolean {
    this.form = form;
    // Zero has no sign in anything that is told of it.
    this.value = value === 0 ? 0 : value;
    return Number.isFinite(value);
  }
}
