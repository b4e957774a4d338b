/** What a file is that is no CSV, in words, and what to do with it. */
export interface Alien {
  readonly is: string;
  readonly hint: string;
}

const inPython = (read: string): string =>
  `Write it as CSV first; in Python: pandas.${read}(…).to_csv("data.csv", index=False).`;
const EXCEL = 'Save the sheet as "CSV UTF-8" in Excel, or in LibreOffice as "Text CSV".';
const UNPACK = 'Unpack it, and name the CSV file that is inside. Only gzip is unpacked for you.';
const UTF_8 = 'Save it as UTF-8; in Excel the kind of file is called "CSV UTF-8".';

/** First bytes, written as Latin-1, and what they tell. The longer of two with the same beginning stands first. */
const BEGINNINGS: readonly (readonly [string, string, string])[] = [
  ['\xff\xfe\0\0', 'it is text in UTF-32', UTF_8],
  ['\0\0\xfe\xff', 'it is text in UTF-32', UTF_8],
  ['\xff\xfe', 'it is text in UTF-16', UTF_8],
  ['\xfe\xff', 'it is text in UTF-16', UTF_8],
  ['\xd0\xcf\x11\xe0', 'it is an Excel workbook (.xls)', EXCEL],
  ['PAR1', 'it is a Parquet file', inPython('read_parquet')],
  ['ARROW1', 'it is a Feather (Arrow) file', inPython('read_feather')],
  ['FEA1', 'it is a Feather file', inPython('read_feather')],
  ['ORC', 'it is an ORC file', inPython('read_orc')],
  ['\x89HDF', 'it is an HDF5 file', inPython('read_hdf')],
  ['SQLite format 3\0', 'it is an SQLite database', inPython('read_sql')],
  ['\x93NUMPY', 'it is a NumPy array', 'Write it as CSV first, with a line of names.'],
  ['BZh', 'it is packed by bzip2', UNPACK],
  ['\xfd7zXZ\0', 'it is packed by xz', UNPACK],
  ['\x28\xb5\x2f\xfd', 'it is packed by zstd', UNPACK],
  ['7z\xbc\xaf\x27\x1c', 'it is a 7z archive', UNPACK],
  ['Rar!', 'it is a RAR archive', UNPACK],
  ['\x1f\x8b', 'it is packed by gzip twice', 'Unpack it once: gzip -d.'],
  ['%PDF', 'it is a PDF', 'Ask for the table as CSV.'],
  [
    'version https://git-lfs.',
    'Git LFS left a pointer in place of the file',
    'Fetch the file itself: git lfs pull.',
  ],
];

/** What the first bytes of a file (of what is packed in it) say it is, when that is no CSV. Pure. */
export function alien(head: Buffer): Alien | undefined {
  const text = head.toString('latin1');
  if (/^PK(?:\x03\x04|\x05\x06)/.test(text)) return zip(text);
  const known = BEGINNINGS.find(([beginning]) => text.startsWith(beginning));
  // A name may begin with "ORC" or "PAR1"; no text has control characters.
  if (known && (known[0].length > 6 || /[\0-\x08\x80-\xff]/.test(known[0]) || /[\0-\x08]/.test(text)))
    return { is: known[1], hint: known[2] };
  if (text.includes('\0')) return binary(head, text);
  if (/^(?:\xef\xbb\xbf)?\s*<(?:!doctype|html|\?xml)/i.test(text))
    return {
      is: 'it is a web page or XML',
      hint: 'A download often yields the page of a file; get the CSV file itself.',
    };
  if (/^(?:\xef\xbb\xbf)?\s*(?:\{\s*"[^"]*"\s*:|\[\s*\{)/.test(text))
    return { is: 'it is JSON', hint: inPython('read_json') };
  return undefined;
}

function zip(text: string): Alien {
  if (text.includes('[Content_Types].xml') || text.includes('xl/'))
    return { is: 'it is an Excel workbook (.xlsx)', hint: EXCEL };
  if (text.includes('opendocument.spreadsheet'))
    return { is: 'it is an OpenDocument sheet (.ods)', hint: EXCEL };
  return { is: 'it is a zip archive', hint: UNPACK };
}

/** Text in UTF-16 without its mark has NULs in every other place, where it is English at least. */
function binary(head: Buffer, text: string): Alien {
  if (text.slice(257, 262) === 'ustar') return { is: 'it is a tar archive', hint: UNPACK };
  const nuls = [0, 0];
  head.forEach((byte, at) => {
    if (byte === 0) nuls[at % 2]! += 1;
  });
  const [even = 0, odd = 0] = nuls;
  const half = head.length / 2;
  if ((even > half * 0.5 && odd === 0) || (odd > half * 0.5 && even === 0))
    return { is: 'it is text in UTF-16', hint: UTF_8 };
  return { is: 'it is no text: it holds NUL bytes', hint: 'Name a CSV file, saved as UTF-8.' };
}
