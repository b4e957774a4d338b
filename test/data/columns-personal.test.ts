import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { column, numbered, repeated, told } from './columns-told.js';

const words = numbered(30, (i) => `Word ${String.fromCharCode(97 + (i % 26)).repeat(3)} ${i}`);
const digits = numbered(30, (i) => `${i}0 12 34 5`);
const numbers = numbered(30, (i) => String(((i * 7919) % 97) + 1));

const personal = (values: readonly string[], name = 'x') => column(values, name).personal === true;

describe('a column is personal by its name', () => {
  it.each([
    ...[
      'email',
      'E-Mail',
      'eMail',
      'emailAddress',
      'customer_email',
      'EMAIL_1',
      'Email (private)',
      'Mailadresse',
    ],
    ...['courriel', 'adresse e-mail', 'correo electrónico', 'contactEmail'],
    ...[
      'name',
      'Name',
      'first_name',
      'lastName',
      'FullName',
      'CustomerName',
      'patient.name',
      'name_of_customer',
    ],
    ...['surname', 'Vorname', 'Nachname', 'Familienname', 'nom', 'Prénom', 'nom de famille', 'nom_client'],
    ...['fname', 'lname', 'cust_name', 'EMP_NAME', 'addr', 'mail_addr', 'addr1', 'emailaddress'],
    ...['nombre', 'apellidos', 'nombre del cliente', 'user name', 'username', 'billing_name'],
    ...['address', 'home_address', 'address_line_1', 'Address2', 'street', 'Straße', 'Anschrift', 'adresse'],
    ...['adresse de la cliente', 'dirección', 'Geburtsort', 'place of birth', 'mailing address'],
  ])('%s', (name) => expect(personal(words, name)).toBe(true));

  it.each([
    ...[
      'phone',
      'Telephone',
      'phone_number',
      'mobile',
      'Telefonnummer',
      'Handynummer',
      'numéro de téléphone',
    ],
    ...['teléfono', 'phone_home', 'zip', 'ZipCode', 'postal code', 'PLZ', 'Postleitzahl', 'code_postal'],
    ...[
      'código postal',
      'date_of_birth',
      'birthDate',
      'DOB',
      'bdate',
      'dateofbirth',
      'Geburtsdatum',
      'date de naissance',
    ],
    ...['fecha de nacimiento', 'ssn', 'Social Security Number', 'passport_no', 'Ausweisnummer', 'tax_id'],
    ...[
      'Steuernummer',
      'driver_license',
      'licensePlate',
      'DNI',
      'iban',
      'credit_card',
      'card number',
      'Kreditkarte',
    ],
    ...[
      'numéro de carte',
      'tarjeta de crédito',
      'account_number',
      'Kontonummer',
      'ip',
      'client_ip',
      'IPAddress',
    ],
    ...[
      'mac_address',
      'ipv4',
      'latitude',
      'Longitude',
      'lat',
      'pickup_lat',
      'gps',
      'Koordinaten',
      'geo_long',
    ],
  ])('%s, when most values have digits', (name) => expect(personal(digits, name)).toBe(true));

  it.each([
    ...['product_name', 'filename', 'file_name', 'species', 'species_name', 'company name', 'nom du produit'],
    ...['nombre_producto', 'hostname', 'country_name', 'title', 'email_domain', 'email_count', 'phone_brand'],
    ...[
      'PhoneService',
      'phone model',
      'web_address',
      'address_type',
      'street_type',
      'zip_file',
      'birth_rate',
    ],
    ...[
      'birth_weight',
      'births',
      'ip_country',
      'tip',
      'zipper',
      'relationship',
      'platform',
      'flat',
      'latency',
    ],
    ...[
      'slong',
      'how_long',
      'salon',
      'card_type',
      'credit_card_type',
      'license',
      'username_length',
      'renamed',
    ],
    ...[
      'dirección del viento',
      'passengers',
      'account',
      'customer',
      'age',
      'mean radius',
      'description',
      '',
      '日本',
    ],
  ])('but not %s', (name) => {
    expect(personal(words, name)).toBe(false);
    expect(personal(digits, name)).toBe(false);
    expect(personal(numbers, name)).toBe(false);
  });

  it.each([
    ['phone', ['491511234567', '491511234568', '15551234567']],
    ['zip', ['10115', '94103', '80331']],
    ['birth_year', ['1950', '1987', '2001']],
    ['Year_Birth', ['1950', '1987', '2001']],
    ['latitude', ['52.52', '-33.87', '48.14']],
    ['lng', ['13.4', '-179.9', '11.6']],
    ['ssn', ['123456789', '987654321']],
    ['card number', ['4111111111111112', '5500000000000005']],
  ])('%s, as numbers like %j', (name, values) => expect(personal(values, name)).toBe(true));

  it.each([
    ['email', ['0', '3', '1']],
    ['name', ['1', '2', '2']],
    ['address', ['1', '2', '2']],
    ['phone', ['0', '1', '1']],
    ['credit_card', ['0', '1', '1']],
    ['zip', ['0', '1', '1']],
    ['latitude', ['5820000', '5930000']],
    ['birth', ['0.5', '1.5']],
    ['nombre', ['0', '3', '1']],
    ['email', ['true', 'false', 'true']],
    ['name', ['True', 'False']],
    ['telephone', ['yes', 'none', 'yes']],
    ['phone', ['yes', 'no', 'yes']],
    ['email_opt_in', ['yes', 'no']],
    ['street', ['Grvl', 'Pave', 'Pave']],
    ['email', ['2024-01-01', '2024-01-02']],
    ['phone', ['', '', '']],
  ])('but not %s with values like %j', (name, values) =>
    expect(personal(repeated(values, 30), name)).toBe(false),
  );

  it('birth dates are, other dates are not', () => {
    const dates = ['2001-01-01', '1999-12-31', '1990-01-01'];
    expect(column(dates, 'birth_date')).toEqual({
      name: 'birth_date',
      type: 'date',
      missing: 0,
      personal: true,
    });
    expect(personal(dates, 'signup_date')).toBe(false);
  });
});

describe('a column is personal by its values', () => {
  it.each([
    ['e-mail addresses', ['ada@example.org', 'b.c+d@mail.example.co.uk', 'x_1@example.de']],
    ['phone numbers', ['+49 151 1234567', '+1 (555) 123-4567', '+33.1.23.45.67.89', '+4915112345678']],
    ['phone numbers of America', ['(555) 123-4567', '555-123-4567']],
    ['social security numbers', ['123-45-6789', '987-65-4321']],
    [
      'account numbers',
      ['DE89 3704 0044 0532 0130 00', 'GB82WEST12345698765432', 'FR1420041010050500013M02606'],
    ],
    ['card numbers', ['4111 1111 1111 1111', '5500-0000-0000-0004', '340000000000009']],
    ['card numbers without spaces', ['4111111111111111', '5500000000000004', '4012888888881881']],
    ['addresses of the internet', ['192.168.0.1', '8.8.8.8', '10.0.0.255']],
    ['newer addresses of the internet', ['2001:db8::1', 'fe80::1ff:fe23:4567:890a']],
  ])('%s', (_, values) => {
    expect(personal(values)).toBe(true);
    expect(personal([...values, ...values, 'unknown', ''])).toBe(true);
  });

  it.each([
    ['handles', ['@ada', '@bob', '@eve']],
    ['what costs something each', ['3@5.00', '4@2.50']],
    ['international prefixes', ['+49', '+1', '+33']],
    ['scores', ['3-2', '1-0', '2-2']],
    ['versions', ['1.2.3', '10.0.1', '2.4.6']],
    ['impossible addresses', ['300.1.1.1', '1.2.3.999']],
    ['codes like account numbers', ['DE12 3456 7890 1234 56', 'GB00WEST12345698765432']],
    ['long numbers', ['4111111111111112', '5500000000000005', '4012888888881882']],
    ['moments in milliseconds', ['1700000000000', '1700000000001', '1700000000003']],
    ['times of day', ['12:30', '23:59', '01:02:03']],
    ['dates', ['2024-01-01', '2023-12-31']],
    ['sentences with an address in them', ['write to ada@example.org please', 'or to b@example.org']],
    ['mostly others', ['a@example.org', 'x', 'y', 'z']],
  ])('not %s', (_, values) => expect(personal(values)).toBe(false));
});

describe('of a personal column', () => {
  const emails = numbered(60, (i) => `person${i % 7}@example.org`);

  it('nothing is told but its name, its type and how much is missing', () => {
    const { profile, counts, sensitive } = told({ contact: emails });
    expect(profile.columns).toEqual([{ name: 'contact', type: 'category', missing: 0, personal: true }]);
    expect([...counts, ...sensitive]).toEqual([]);
  });

  it('no copy is told of either, nor is it said to be the same as anything', () => {
    const names = numbered(60, (i) => `Ada ${i % 7}`);
    const { profile } = told({ first_name: names, label: names, code: names.map((name) => name.slice(4)) });
    expect(profile.columns.map(({ personal, same }) => [personal, same])).toEqual([
      [true, undefined],
      [true, undefined],
      [undefined, undefined],
    ]);
  });

  it('no value is ever told', () => {
    const secret = fc.stringMatching(/^[b-df-hj-np-tv-xz]{9}$/);
    fc.assert(
      fc.property(
        fc.array(secret, { minLength: 2, maxLength: 25 }),
        fc.constantFrom('first_name', 'Adresse', 'email', 'x'),
        fc.constantFrom(
          (value: string) => `${value}@example.org`,
          (value: string) => `${value} 5`,
          (value: string) => value,
          (value: string) => value.toUpperCase(),
        ),
        fc.boolean(),
        (secrets, name, write, twice) => {
          const values = [...secrets, ...(twice ? secrets.map((value) => value.toUpperCase()) : [])].map(
            write,
          );
          const result = told({ other: numbered(values.length, String), [name]: values, copy: values });
          if (!result.profile.columns[1]?.personal) return;
          const all = JSON.stringify({
            ...result,
            counts: [...result.counts].map(([key, of]) => [key, [...of]]),
          });
          for (const value of secrets) expect(all.toLowerCase()).not.toContain(value);
        },
      ),
    );
  });
});

describe('columns that may name groups of people', () => {
  it.each([
    ...[
      'sex',
      'Gender',
      'race',
      'ethnic_group',
      'Religion',
      'nationality',
      'native-country',
      'age_group',
      'ageBand',
    ],
    ...[
      'marital-status',
      'MaritalStatus',
      'SeniorCitizen',
      'disability',
      'Geschlecht',
      'Altersgruppe',
      'Familienstand',
    ],
    ...[
      'Staatsangehörigkeit',
      'sexe',
      'tranche d’âge',
      'situation_familiale',
      'nationalité',
      'género',
      'estado civil',
    ],
    ...['foreign_worker', 'customer_gender', 'Sexual orientation', 'race_code'],
  ])('are suggested by a name like %s', (name) => {
    expect(told({ [name]: repeated(['a', 'b', 'c'], 30) }).sensitive).toEqual([name]);
    expect(told({ [name]: repeated(['0', '1'], 30) }).sensitive).toEqual([name]);
  });

  it.each([
    ...[
      'page',
      'usage',
      'stage',
      'package',
      'vehicle_age',
      'Sussex',
      'terrace',
      'trace',
      'race_time',
      'sexton',
    ],
    ...['genre', 'language', 'party', 'region', 'agent', 'embrace', 'category', 'income'],
  ])('are not by a name like %s', (name) => {
    expect(told({ [name]: repeated(['a', 'b', 'c'], 30) }).sensitive).toEqual([]);
  });

  it('are none without groups: numbers, texts, one value, personal values', () => {
    expect(told({ age: numbered(60, (i) => String(i * i)) }).sensitive).toEqual([]);
    expect(told({ religion: numbered(60, (i) => `words of ${i}`) }).sensitive).toEqual([]);
    expect(told({ sex: repeated(['f'], 30) }).sensitive).toEqual([]);
    expect(told({ gender: repeated(['a@example.org', 'b@example.org'], 30) }).sensitive).toEqual([]);
  });
});
