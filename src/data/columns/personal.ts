import { list, meaning, placeOf, wordsOf } from './words.js';

/** What a person can be known by, and how a column of it is called: in English, German, French, Spanish. */
export interface PersonalKind {
  /** As words without accents and without of, de, la and the like. */
  readonly phrases: readonly (readonly string[])[];
  /** Without one in most values it is something else: phone: yes, license: MIT. */
  readonly digits?: true;
  /** When its values are numbers, they get up to this; without it, numbers count something. Below zero: all of them are at least this. */
  readonly from?: number;
  readonly to?: number;
  /** Its dates are personal too. */
  readonly dates?: true;
  /** Words before it by which it is something else. */
  readonly unless?: readonly string[];
  /** By itself, or with one of these before it. */
  readonly with?: readonly string[];
}

const PEOPLE = (
  'first last middle given family full maiden legal preferred birth user customer client patient employee person ' +
  'contact member student pupil teacher doctor physician driver passenger guest applicant borrower tenant owner holder ' +
  'cardholder spouse partner mother father parent child guardian agent manager staff worker subscriber buyer seller ' +
  'sender recipient billing shipping account nick display login ' +
  'kunde kunden benutzer mitarbeiter patienten person ansprechpartner kontakt inhaber ' +
  'client cliente clients clientes famille jeune fille complet utilisateur employe salarie personne ' +
  'completo pila usuario empleado paciente persona titular ' +
  'cust emp acct'
).split(' ');

const PERSONAL: readonly PersonalKind[] = [
  {
    phrases: list(`
      email, emails, e mail, mail, email address, emailaddress, mail address, emailadresse, mailadresse, courriel, adresse email, adresse mail, correo, correo electronico
    `),
  },
  {
    phrases: list(`
      phone, phones, telephone, telefon, telefono, mobile phone, mobile, cell phone, cellphone, cell number,
      phonenumber, phone number, mobile number, tel, fax, handy, telefonnummer, handynummer,
      rufnummer, mobilnummer, numero telephone, portable, celular, movil, whatsapp, msisdn
    `),
    digits: true,
    from: 1e6,
  },
  {
    phrases: list('name, names, nom, nombre'),
    with: PEOPLE,
  },
  {
    phrases: list(`
      fname, lname, mname, firstname, lastname, fullname, middlename, maidenname, surname, forename, username, nickname,
      screenname, screen name, user handle, twitter handle, customername, clientname, vorname,
      nachname, familienname, geburtsname, kundenname, benutzername, mitarbeitername, patientenname,
      prenom, patronyme, apellido, apellidos, primer apellido, segundo apellido
    `),
  },
  {
    phrases: list(`
      address, addresses, addr, home address, postal address, adresse, anschrift, wohnadresse, direccion, domicilio,
      domicile, street, street name, street address, strasse, hausnummer, house number, rue, calle,
      birthplace, place birth, birth place, geburtsort, lieu naissance, lugar nacimiento
    `),
    unless: ['web', 'url', 'memory', 'mem', 'register', 'start', 'end', 'base'],
  },
  {
    phrases: list(`
      zip, zipcode, zip code, postcode, post code, postalcode, postal code, plz, postleitzahl, code
      postal, codigo postal
    `),
    digits: true,
    from: 1000,
  },
  {
    phrases: list(`
      birthday, birthdate, birth date, date birth, birth year, year birth, birthyear, dateofbirth, bdate, dob, born,
      birth day, geburtsdatum, geburtstag, geburtsjahr, date naissance, annee naissance, naissance,
      fecha nacimiento, ano nacimiento, nacimiento
    `),
    digits: true,
    from: 1850,
    dates: true,
  },
  {
    phrases: list(`
      ssn, social security, social security number, national id, national insurance number, nino,
      nhs number, passport, passport number, passeport, pasaporte, reisepass, passnummer, ausweis,
      ausweisnummer, personalausweis, tax id, tax number, taxpayer id, itin, steuernummer, steuer
      id, steueridentnummer, numero fiscal, numero securite sociale, nir, dni, nif, curp, rfc,
      seguridad social, sozialversicherungsnummer, svnr, license number, licence number, license id, license no, driver license, drivers license, driving licence, fuhrerschein, fuehrerschein,
      fuhrerscheinnummer, permis conduire, carnet conducir, license plate, licence plate, number
      plate, kennzeichen, plaque immatriculation, matricula, medical record number, mrn,
      versichertennummer, imei
    `),
    digits: true,
    from: 1e5,
  },
  {
    phrases: list(`
      iban, bank account, bank account number, account number, kontonummer, compte bancaire, numero
      compte, cuenta bancaria, numero cuenta, credit card, creditcard, credit card number, card
      number, cardnumber, cc number, kreditkarte, kreditkartennummer, kartennummer, carte bancaire,
      carte credit, numero carte, tarjeta, tarjeta credito, numero tarjeta
    `),
    digits: true,
    from: 1e5,
  },
  {
    phrases: list(
      'ip, ip address, ipaddress, ip addr, ipv, ip adresse, adresse ip, direccion ip, mac address',
    ),
    digits: true,
    from: 1e6,
  },
  {
    phrases: list(`
      latitude, longitude, lat, lng, lon, latlong, latlng, lat long, lat lon, lat lng, gps,
      coordinates, coords, geolocation, breitengrad, langengrad, laengengrad, koordinaten,
      coordonnees, latitud, longitud, coordenadas
    `),
    digits: true,
    from: -180,
    to: 180,
  },
  {
    phrases: list('long'),
    with: ['lat', 'geo', 'gps', 'start', 'end', 'pickup', 'dropoff'],
    digits: true,
    from: -180,
    to: 180,
  },
];

/** Words after it that leave it what it is: phone_home, address_line_1, email2. */
const TAIL = new Set(
  (
    'address adresse number numbers nummer no nr num numero line home work office private business primary secondary ' +
    'main mobile cell phone full complete raw clean cleaned masked hashed hash text string str value field column ' +
    'privat arbeit id personal domicile travail casa trabajo'
  ).split(' '),
);

/** The kind of personal data that a column's name speaks of. */
export function personalKind(name: string): PersonalKind | undefined {
  const words = meaning(wordsOf(name));
  return PERSONAL.find((kind) => kind.phrases.some((phrase) => speaksOf(kind, phrase, words)));
}

function speaksOf(kind: PersonalKind, phrase: readonly string[], words: readonly string[]): boolean {
  const at = placeOf(phrase, words);
  if (at < 0) return false;
  const before = words.slice(0, at);
  const after = words.slice(at + phrase.length);
  if (kind.unless?.includes(before.at(-1) ?? '')) return false;
  // Somebody's address is one as well: adresse_client, phone of the patient.
  if (!after.every((word) => TAIL.has(word) || PEOPLE.includes(word))) return false;
  return !kind.with || before.length === 0 || kind.with.includes(before.at(-1) ?? '');
}
