/** `text` cut to `length`, without the hyphen that the cut may leave at its end. */
export const cut = (text: string, length: number): string => text.slice(0, length).replace(/-+$/, '');

/** Compute instance, 3 to 24 characters. */
export const computeInstanceFor = (name: string): string => cut(`ci-${name}`, 24);

/** Storage accounts have 3 to 24 lower-case letters and digits; scripts append a suffix of 5. */
export const storagePrefixFor = (name: string): string => `st${name.replaceAll('-', '')}`.slice(0, 19);

interface AzureName {
  readonly what: string;
  readonly of: (name: string) => string;
  readonly min: number;
  readonly max: number;
  readonly form: RegExp;
}

const HYPHENATED = /^[a-z][a-z0-9-]*[a-z0-9]$/;
/** As long as the suffix that the set-up script appends. */
const SUFFIX = '00000';

/** Every name in Azure that emitted files or scripts make from `name`, with Azure's own limits. */
export const AZURE_NAMES: readonly AzureName[] = [
  { what: 'online endpoint', of: (n) => `${n}-${SUFFIX}`, min: 3, max: 32, form: HYPHENATED },
  { what: 'online endpoint', of: (n) => `${n}-online`, min: 3, max: 32, form: HYPHENATED },
  { what: 'batch endpoint', of: (n) => `${n}-b-${SUFFIX}`, min: 3, max: 32, form: HYPHENATED },
  { what: 'batch endpoint', of: (n) => `${n}-batch`, min: 3, max: 32, form: HYPHENATED },
  { what: 'workspace', of: (n) => `mlw-${n}`, min: 3, max: 32, form: HYPHENATED },
  { what: 'resource group', of: (n) => `rg-${n}`, min: 1, max: 90, form: HYPHENATED },
  { what: 'compute instance', of: computeInstanceFor, min: 3, max: 24, form: HYPHENATED },
  { what: 'managed identity', of: (n) => `id-${n}-development`, min: 3, max: 128, form: HYPHENATED },
  {
    what: 'storage account',
    of: (n) => storagePrefixFor(n) + SUFFIX,
    min: 3,
    max: 24,
    form: /^[a-z0-9]+$/,
  },
];

// Whole names that Azure reserves (ACCESS, EXCEL, …) cannot come up: ours have a prefix or a suffix.
// https://learn.microsoft.com/azure/azure-resource-manager/troubleshooting/error-reserved-resource-name
const TRADEMARKS = /microsoft|windows/i;
const NOT_AT_THE_START = /^(login|xbox)/i;

/** What Azure's rule on reserved words says against a name, or undefined. */
export function reservedByAzure(name: string): string | undefined {
  const word = TRADEMARKS.exec(name)?.[0] ?? NOT_AT_THE_START.exec(name)?.[0];
  return word && `Azure reserves the word "${word}" in names of resources`;
}

/** The first Azure name made from `name` that Azure would refuse, or undefined. */
export function azureProblem(name: string): string | undefined {
  for (const { what, of, min, max, form } of AZURE_NAMES) {
    const made = of(name);
    if (made.length < min || made.length > max || !form.test(made))
      return `the ${what} would be "${made}", which Azure refuses`;
    const reserved = reservedByAzure(made);
    if (reserved) return reserved;
  }
  return undefined;
}
