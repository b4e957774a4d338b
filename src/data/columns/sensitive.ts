import { meaning, placeOf, wordsOf } from './words.js';

/** What groups of people are made by, in English, German, French, Spanish. */
export const SENSITIVE: readonly string[] = [
  ...['sex', 'gender', 'gender identity', 'geschlecht', 'sexe', 'sexo', 'genero'],
  ...[
    'race',
    'ethnicity',
    'ethnic',
    'ethnic group',
    'ethnic origin',
    'rasse',
    'ethnie',
    'ethnizitat',
    'raza',
    'etnia',
  ],
  ...['skin color', 'skin colour', 'hautfarbe', 'caste', 'tribe', 'indigenous'],
  ...['religion', 'faith', 'konfession', 'denomination'],
  ...[
    'nationality',
    'nationalitat',
    'nationalitaet',
    'nationalite',
    'nacionalidad',
    'citizenship',
    'staatsangehorigkeit',
  ],
  ...[
    'staatsangehoerigkeit',
    'staatsburgerschaft',
    'native country',
    'country birth',
    'birth country',
    'country origin',
  ],
  ...['geburtsland', 'pays naissance', 'pais nacimiento', 'immigrant', 'immigration', 'migration background'],
  ...['migrationshintergrund', 'foreign worker', 'foreigner', 'auslander', 'auslaender', 'native language'],
  ...['mother tongue', 'muttersprache', 'langue maternelle', 'lengua materna'],
  ...[
    'age',
    'age group',
    'age band',
    'age range',
    'age bracket',
    'age bucket',
    'alter',
    'altersgruppe',
    'altersklasse',
  ],
  ...['tranche age', 'groupe age', 'edad', 'grupo edad', 'senior citizen', 'elderly'],
  ...[
    'marital',
    'married',
    'familienstand',
    'zivilstand',
    'etat civil',
    'situation familiale',
    'estado civil',
  ],
  ...[
    'civil status',
    'relationship status',
    'pregnant',
    'pregnancy',
    'schwanger',
    'schwangerschaft',
    'enceinte',
    'embarazo',
  ],
  ...[
    'embarazada',
    'disability',
    'disabled',
    'handicapped',
    'behinderung',
    'schwerbehinderung',
    'invalidite',
  ],
  ...[
    'discapacidad',
    'sexual orientation',
    'sexuelle orientierung',
    'orientation sexuelle',
    'orientacion sexual',
  ],
  ...[
    'veteran',
    'trade union',
    'union member',
    'union membership',
    'gewerkschaft',
    'political party',
    'political affiliation',
  ],
  ...['political views', 'partei'],
];

/** Words after it that leave it what it is: race_code, marital_status. */
const TAIL = new Set(
  'group groups status category code type class label name desc description id flag y n yn ethnicity race sex gender'.split(
    ' ',
  ),
);

/** Whether a column's name speaks of what groups of people are made by. */
export function namesGroups(name: string): boolean {
  const words = meaning(wordsOf(name));
  return SENSITIVE.some((phrase) => {
    const parts = phrase.split(' ');
    const at = placeOf(parts, words);
    return at >= 0 && words.slice(at + parts.length).every((word) => TAIL.has(word));
  });
}
