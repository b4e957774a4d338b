import { list, meaning, placeOf, wordsOf } from './words.js';

/** What groups of people are made by, in English, German, French, Spanish. */
const SENSITIVE: readonly (readonly string[])[] = list(`
  sex, gender, gender identity, geschlecht, sexe, sexo, genero, race, ethnicity, ethnic, ethnic
  group, ethnic origin, rasse, ethnie, origine ethnique,
  groupe ethnique, origen etnico, ethnizitat, raza, etnia, skin color, skin colour, hautfarbe, couleur peau, color piel,
  caste, tribe, indigenous, religion, konfession, nationality, nationalitat,
  nationalitaet, nationalite, nacionalidad, citizenship, staatsangehorigkeit, staatsangehoerigkeit,
  staatsburgerschaft, native country, country birth, birth country, country origin, geburtsland,
  pays naissance, pais nacimiento, immigrant, immigration, migration background,
  migrationshintergrund, foreign worker, foreigner, auslander, auslaender, native language, mother
  tongue, muttersprache, langue maternelle, lengua materna, age, age group, age band, age range, age
  bracket, age bucket, alter, altersgruppe, altersklasse, tranche age, groupe age, edad, grupo edad,
  senior citizen, elderly, marital, married, familienstand, zivilstand, etat civil, situation
  familiale, estado civil, civil status, relationship status, pregnant, pregnancy, schwanger,
  schwangerschaft, enceinte, embarazo, embarazada, disability, disabled, handicapped, behinderung,
  schwerbehinderung, invalidite, discapacidad, sexual orientation, sexuelle orientierung,
  orientation sexuelle, orientacion sexual, veteran, trade union, union member, union membership,
  gewerkschaft, political party, political affiliation, political views, partei
`);

/** What has an age, too. */
const THINGS = new Set(
  (
    'vehicle car house home building property roof account policy loan credit machine equipment asset battery ' +
    'device company firm domain product wine tree'
  ).split(' '),
);

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
    const at = placeOf(phrase, words);
    if (at < 0 || THINGS.has(words[at - 1] ?? '')) return false;
    return words.slice(at + phrase.length).every((word) => TAIL.has(word));
  });
}
