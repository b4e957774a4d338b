import { isIP } from 'node:net';
import { apart } from './apart.js';
import type { NumberReader } from './numbers.js';

/** Different values that are looked at closely, of each column. */
const SAMPLE = 1000;
const LONGEST_SHOWN = 20;
/** So many of its values are numbers that the column was meant to be. */
const NEARLY = 0.9;

const EMAIL = /^[^\s@,;<>]+@[^\s@,;<>]+\.\p{L}[\p{L}\d-]+$/u;
const PHONE = /^\+\(?\d[\d ()./-]{6,20}$|^\(\d{3}\) ?\d{3}-\d{4}$|^\d{3}-\d{3}-\d{4}$/;
const SOCIAL_SECURITY = /^\d{3}-\d\d-\d{4}$/;
const IBAN = /^[A-Z]{2}\d\d[ ]?[A-Z0-9]{4}[A-Z0-9 ]{6,34}$/;
const CARD = /^[2-6]\d{3}([ -]?)\d{4}\1\d{4}\1\d{1,4}(?:\1\d{1,3})?$|^3[47]\d\d([ -]?)\d{6}\2\d{5}$/;
const OTHER_DATE =
  /^(?:\d{1,2}([./-])\d{1,2}\1(?:\d{4}|\d\d)|\d{4}([./])\d{1,2}\2\d{1,2})(?:[ T,]+\d{1,2}:\d\d.*)?$/;
const OTHER_DATE_WORDS = /^(?:\d{1,2}[ -]\p{L}{3,10}\.?[ -]\d{2,4}|\p{L}{3,10}\.? \d{1,2}, ?\d{4})$/u;
const SEPARATED = /^[+-]?\d{1,3}(?:([,.'’ \u00a0\u202f])\d{3})(?:\1\d{3})*(?:[.,]\d+)?$/u;
const UNIT = /^[+-]?(?:[$€£¥] ?)?[+-]?\d[\d.,'’]*(?: ?(?:%|‰|[$€£¥]|°[CF]?|\p{L}{1,4}[²³]?))?$/u;
const CODE = /^(?:\+\d|-?0\d|-?\d{16,}$)[\d]*$/;

/** Whether a text of digits has the check sum of bank cards. */
function isCard(text: string): boolean {
  if (!CARD.test(text)) return false;
  let sum = 0;
  let double = false;
  for (let at = text.length - 1; at >= 0; at--) {
    const digit = text.charCodeAt(at) - 48;
    if (digit < 0 || digit > 9) continue;
    const counted = double ? digit * 2 : digit;
    sum += counted > 9 ? counted - 9 : counted;
    double = !double;
  }
  return sum % 10 === 0;
}

/** Whether it is an account number by ISO 13616, check digits and all. */
function isIban(text: string): boolean {
  if (!IBAN.test(text)) return false;
  const packed = text.replaceAll(' ', '');
  let rest = 0;
  for (const char of packed.slice(4) + packed.slice(0, 4)) {
    const value = parseInt(char, 36);
    rest = (value > 9 ? rest * 100 + value : rest * 10 + value) % 97;
  }
  return rest === 1;
}

/** What the first different values of a column look like, besides what its type is told from. */
export class Shapes {
  looked = 0;
  personal = 0;
  numbers = 0;
  dates = 0;
  amounts = 0;
  codes = 0;
  /** Values with a digit, a space or an @ in them, as what is told of a person has. */
  telling = 0;
  digits = 0;
  /** The first value that is no number, when it is short. */
  odd: string | undefined;
  odds = 0;

  look(value: string, number: boolean, reader: NumberReader): void {
    if (this.looked === SAMPLE) {
      if (!number && this.odds === 0) this.isOdd(value);
      return;
    }
    this.looked++;
    if (number || reader.read(value)) {
      this.numbers++;
      this.digits++;
      if (value.length >= 13 && isCard(value)) this.personal++;
      return;
    }
    this.isOdd(value);
    const digit = /\d/.test(value);
    if (digit) this.digits++;
    if (digit || value.includes(' ') || value.includes('@')) this.telling++;
    if (this.isPersonal(value, digit)) this.personal++;
    if (!digit || value.length > 40) return;
    if (OTHER_DATE.test(value) || OTHER_DATE_WORDS.test(value)) this.dates++;
    else if (CODE.test(value)) this.codes++;
    else if (SEPARATED.test(value) || UNIT.test(value)) this.amounts++;
  }

  /** Numbers with units or separators, plain ones among them: 950, then 1,050. */
  get areAmounts(): boolean {
    return this.amounts > 0 && this.most(this.amounts + this.numbers);
  }

  /** Numbers but for a few words. */
  get areNearlyNumbers(): boolean {
    const others = this.amounts + this.dates + this.codes;
    return this.odds > 0 && others === 0 && this.looked >= 10 && this.numbers >= NEARLY * this.looked;
  }

  /** Most of what was looked at. */
  most(count: number): boolean {
    return count > 0 && count * 2 >= this.looked;
  }

  private isOdd(value: string): void {
    this.odds++;
    if (value.length <= LONGEST_SHOWN) this.odd ??= apart(value);
  }

  private isPersonal(value: string, digit: boolean): boolean {
    if (value.length > 100) return false;
    if (value.includes('@')) return EMAIL.test(value);
    if (!digit && !value.includes(':')) return false;
    return (
      PHONE.test(value) ||
      SOCIAL_SECURITY.test(value) ||
      isCard(value) ||
      isIban(value) ||
      (value.length >= 7 && isIP(value) !== 0)
    );
  }
}
