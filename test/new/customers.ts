/** A table of customers as text: header first, LF, everything plain. */
export function customers(rows = 120, delimiter = ','): string {
  const line = (at: number) =>
    [
      `C-${1000 + at}`,
      1 + ((at * 7) % 60),
      ['basic', 'plus', 'family'][at % 3],
      (20 + ((at * 13) % 80) + 0.5).toFixed(2),
      ['f', 'm', 'x'][at % 3 ? at % 2 : 2],
      'eu',
      (at * at) % 3 ? 'no' : 'yes',
    ].join(delimiter);
  const header = ['customer_id', 'tenure', 'plan', 'monthly', 'gender', 'region', 'churned'].join(delimiter);
  return [header, ...Array.from({ length: rows }, (_, at) => line(at)), ''].join('\n');
}
